import { withConnection } from '../../postgres/connection.ts'
import { slotName } from '../../postgres/server-configuration.ts'
import { fault, ok, restartCommand, warning, type Check, type Finding } from '../check.ts'

/** Beyond it, reads that need fresh data go elsewhere. */
const LAG_WARNING_BYTES = 16 * 1024 * 1024

interface StandbyRow {
  slot_name: string
  /** Null when nobody streams from the slot. */
  state: string | null
  sync_state: string | null
  lag_bytes: string | null
  wal_status: string | null
}

/** Per slot: who streams from it and how far behind they are. */
const STANDBYS = `
  SELECT s.slot_name, r.state, r.sync_state, s.wal_status,
    pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)::text AS lag_bytes
  FROM pg_replication_slots s
  LEFT JOIN pg_stat_replication r ON r.pid = s.active_pid
  WHERE s.slot_type = 'physical'`

/** Replicas that stream, close behind, each from its slot. */
export const replicationCheck: Check = {
  name: 'replication',
  needs: 'running',
  run: async ({ settings, secrets }) => {
    if (secrets === undefined) return []
    const target = { secrets, role: 'monitor', port: settings.ports.primary } as const
    const { rows } = await withConnection(target, (client) => client.query<StandbyRow>(STANDBYS))
    return Array.from({ length: settings.counts.replicas }, (_, index) => {
      const slot = slotName(index + 1)
      return examineStandby(
        `postgres-replica-${index + 1}`,
        rows.find((row) => row.slot_name === slot),
      )
    })
  },
}

function examineStandby(node: string, row: StandbyRow | undefined): Finding {
  const what = `${node} replication`
  const copyAnew = 'npm run cluster -- down, then up: it is copied anew'
  if (row === undefined) return fault(what, 'its slot is missing', copyAnew)
  if (row.wal_status === 'lost') return fault(what, 'its slot is lost: it was away for too much WAL', copyAnew)
  if (row.state !== 'streaming') {
    return fault(what, `not streaming (${row.state ?? 'not connected'})`, restartCommand(node))
  }
  const lag = Number(row.lag_bytes ?? 0)
  const detail = `streaming, ${row.sync_state ?? ''}, ${lag} bytes behind, slot ${row.wal_status ?? ''}`
  return lag > LAG_WARNING_BYTES ? warning(what, detail, `npm run cluster -- logs ${node}`) : ok(what, detail)
}
