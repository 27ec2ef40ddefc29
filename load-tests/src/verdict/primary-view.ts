import { idToUuid } from '@paycluster/platform/ids/id-codec'
import type { Pool } from 'pg'
import { monitorPool } from '../target/monitor-pool.ts'
import type { LocalCluster } from '../target/target.ts'
import { keyOf, type LedgerView, type PostedEntry } from './ledger-view.ts'

const CHUNK = 5_000
const STATEMENT_TIMEOUT_MS = 30_000

interface PaymentRow {
  readonly id: string
  readonly source: string
  readonly destination: string
  readonly amount: string
  readonly failure: string | null
  readonly created_at_ms: number
  readonly source_seq: string | null
}

interface BalanceRow {
  readonly ordinal: number
  readonly posted: string
  readonly version: string
}

interface EntryRow {
  readonly seq: string
  readonly amount: string
  readonly payment: string
}

/** Reads the primary, as payments_monitor. */
export function primaryView(cluster: Pick<LocalCluster, 'secrets' | 'settings'>): LedgerView {
  const pool = monitorPool(cluster, 'load-verdict', STATEMENT_TIMEOUT_MS)
  return {
    source: 'ledger',
    chunk: CHUNK,
    async payments(ids) {
      const { rows } = await pool.query<PaymentRow>(
        `SELECT id, source_id AS source, destination_id AS destination, amount, failure, source_seq,
           (extract(epoch FROM created_at) * 1000)::float8 AS created_at_ms
         FROM payments WHERE id = ANY($1::uuid[])`,
        [ids.map(keyOf)],
      )
      return new Map(
        rows.map((row) => {
          const key = keyOf(row.id)
          const payment = {
            key,
            source: keyOf(row.source),
            destination: keyOf(row.destination),
            amount: Number(row.amount),
            failure: row.failure,
            createdAtMs: row.created_at_ms,
            sourceSeq: row.source_seq === null ? undefined : Number(row.source_seq),
          }
          return [key, payment] as const
        }),
      )
    },
    async balances(accounts) {
      const { rows } = await pool.query<BalanceRow>(
        `SELECT asked.ordinal::int, b.posted, b.version
         FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (account_id, ordinal) JOIN account_balances b USING (account_id)`,
        [accounts.map(idToUuid)],
      )
      return new Map(
        rows.map(({ ordinal, posted, version }) => {
          const state = { posted: Number(posted), version: Number(version) }
          return [accounts[ordinal - 1] ?? '', state] as const
        }),
      )
    },
    entriesAbove: (account, seq) => entriesAbove(pool, idToUuid(account), seq),
    close: () => pool.end(),
  }
}

async function* entriesAbove(pool: Pool, account: string, above: number): AsyncGenerator<PostedEntry> {
  for (let last = above; ;) {
    const { rows } = await pool.query<EntryRow>(
      'SELECT seq, amount, payment_id AS payment FROM entries WHERE account_id = $1 AND seq > $2 ORDER BY seq LIMIT $3',
      [account, last, CHUNK],
    )
    for (const { seq, amount, payment } of rows)
      yield { seq: Number(seq), amount: Number(amount), payment: keyOf(payment) }
    if (rows.length < CHUNK) return
    last = Number(rows.at(-1)?.seq)
  }
}
