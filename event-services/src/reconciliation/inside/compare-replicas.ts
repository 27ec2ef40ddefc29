/**
 * The replicas against the primary: versions and balances of accounts that have changed, of those that differed before, and
 * of the next part of all. A full run looks at all.
 *
 *     read of the primary ─▶ where its log ends now ─▶ wait until the replica has replayed that ─▶ compare
 *
 * A replica may be ahead of what was read, and never behind: the entry that made a version is compared whatever came later.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Pool } from 'pg'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import { loadText } from '@paycluster/platform/load-text'
import type { OpenDifference } from '../differences/difference-store.ts'
import type { Finding } from '../differences/finding.ts'
import type { Checked, RunContext } from '../runs/check.ts'
import { changedAccounts, ledgerNow, nextAccounts, type AccountRef } from './changed-accounts.ts'
import { watermarkOf, windowStart } from './window.ts'

const ACCOUNTS_AT_ONCE = 1_000
/** A replica that has not replayed by then is behind, and not compared in this run any more. */
const REPLAY_MS = 10_000
const REPLAY_STEP_MS = 20

const READ_PRIMARY = {
  name: 'read-account-states',
  text: `SELECT account_id AS id, client_id AS client, version::float8 AS version, posted::float8 AS posted,
           held::float8 AS held
         FROM account_balances WHERE account_id = ANY ($1::uuid[])`,
}
const READ_POSITION = { name: 'read-log-position', text: 'SELECT pg_current_wal_flush_lsn()::text AS lsn' }
const READ_REPLAYED = {
  name: 'read-replayed',
  text: 'SELECT pg_wal_lsn_diff($1::pg_lsn, pg_last_wal_replay_lsn())::float8 AS missing',
}
const COMPARE = { name: 'compare-account-states', text: loadText(import.meta.url, './compare-accounts.sql') }

interface AccountState extends AccountRef {
  readonly version: number
  readonly posted: number
  readonly held: number
}

interface DifferingRow {
  readonly id: string
  readonly version: number | null
  readonly posted: number | null
  readonly held: number | null
  readonly balance_after: number | null
  readonly held_after: number | null
}

export interface NamedPool {
  readonly name: string
  readonly pool: Pool
}

export interface ReplicaComparisonParts {
  readonly primary: Pool
  readonly replicas: readonly NamedPool[]
  readonly ids: IdCodec
  /** Accounts of the rolling sample. */
  readonly sample: number
  readonly pause: (signal: AbortSignal) => Promise<void>
}

export class ReplicaComparison {
  readonly #parts: ReplicaComparisonParts

  constructor(parts: ReplicaComparisonParts) {
    this.#parts = parts
  }

  async check(context: RunContext): Promise<Checked> {
    const { run, open } = context
    const { primary, replicas, sample } = this.#parts
    const before = watermarkOf(context.watermark)
    const nowMs = await ledgerNow(primary)
    const behind = new Set<string>()
    const compare = (ids: readonly string[]): Promise<number> => this.#compareAll(context, ids, behind)
    let [untilMs, account, checked] = [nowMs, before?.account ?? null, 0]
    checked += await compare(open.flatMap(({ account_id }) => (account_id === null ? [] : idToUuid(account_id))))
    if (run.isFull)
      for (let after: string | null | undefined; after !== null;) {
        const next = await nextAccounts(primary, after ?? null, ACCOUNTS_AT_ONCE)
        checked += await compare(next.accounts.map(({ id }) => id))
        after = next.next
      }
    else {
      const changed = await changedAccounts(primary, windowStart(before, nowMs), nowMs, () => this.#pause(context))
      untilMs = changed.untilMs
      const sampled = await nextAccounts(primary, account, sample)
      account = sampled.next
      checked += await compare([...new Set([...changed.accounts, ...sampled.accounts].map(({ id }) => id))])
    }
    // Nothing may have changed: whether each replica is there is asked all the same.
    if (checked === 0) await compare([])
    return {
      checked: checked * replicas.length,
      isRechecked: (difference) => isAbout(difference, replicas, behind),
      watermark: { until: isoTime(untilMs), account },
    }
  }

  #pause({ signal }: RunContext): Promise<void> {
    signal.throwIfAborted()
    return this.#parts.pause(signal)
  }

  async #compareAll(context: RunContext, ids: readonly string[], behind: Set<string>): Promise<number> {
    for (let from = 0; from === 0 || from < ids.length; from += ACCOUNTS_AT_ONCE) {
      await this.#pause(context)
      const { primary, replicas } = this.#parts
      const values = [ids.slice(from, from + ACCOUNTS_AT_ONCE)]
      const { rows } = await primary.query<AccountState>({ ...READ_PRIMARY, values })
      const position = await primary.query<{ lsn: string }>(READ_POSITION)
      for (const replica of replicas)
        if (!behind.has(replica.name)) await this.#compare(context, replica, rows, position.rows[0]?.lsn ?? '', behind)
    }
    return ids.length
  }

  async #compare(
    { findings, signal }: RunContext,
    { name, pool }: NamedPool,
    states: readonly AccountState[],
    lsn: string,
    behind: Set<string>,
  ): Promise<void> {
    try {
      const missing = await untilReplayed(pool, lsn, signal)
      if (missing > 0) throw new Error(`${missing} bytes of log are not replayed after ${REPLAY_MS / 1000} s`)
      const values = [
        states.map(({ id }) => id),
        states.map(({ version }) => version),
        states.map(({ posted }) => posted),
        states.map(({ held }) => held),
      ]
      const { rows } = await pool.query<DifferingRow>({ ...COMPARE, values })
      const byId = new Map(states.map((state) => [state.id, state]))
      findings.add(...rows.flatMap((row) => this.#ofAccount(name, byId.get(row.id), row)))
    } catch (error) {
      signal.throwIfAborted()
      behind.add(name)
      const found = error instanceof Error ? error.message : 'it does not answer'
      findings.add({ kind: 'replica_behind', subject: name, expected: `replayed up to ${lsn}`, found })
    }
  }

  #ofAccount(replica: string, state: AccountState | undefined, row: DifferingRow): Finding[] {
    if (state === undefined) return []
    const { version, posted, held } = state
    const accountId = this.#parts.ids.fromUuid('acc', state.id, state.client)
    const entry = `${row.balance_after ?? 'none'} posted, ${row.held_after ?? 0} held`
    return [
      {
        kind: 'replica_differs',
        subject: `${replica} ${accountId}`,
        accountId,
        expected: `version ${version}: ${posted} posted, ${held} held`,
        found:
          row.version === null
            ? 'no account'
            : `version ${row.version}: ${row.posted ?? 0} posted, ${row.held ?? 0} held; entry ${version}: ${entry}`,
      },
    ]
  }
}

/** @returns bytes of log that it has not replayed in time: 0, to be right */
async function untilReplayed(pool: Pool, lsn: string, signal: AbortSignal): Promise<number> {
  const deadlineMs = performance.now() + REPLAY_MS
  for (;;) {
    const { rows } = await pool.query<{ missing: number | null }>({ ...READ_REPLAYED, values: [lsn] })
    const missing = rows[0]?.missing
    if (missing === null || missing === undefined) throw new Error('it is no replica')
    if (missing <= 0 || performance.now() >= deadlineMs) return Math.max(0, missing)
    await delay(REPLAY_STEP_MS, undefined, { signal })
  }
}

/** Of a replica that was compared. One that is no part of the cluster any more differs from nothing. */
function isAbout({ subject }: OpenDifference, replicas: readonly NamedPool[], behind: ReadonlySet<string>): boolean {
  const [name = ''] = subject.split(' ', 1)
  return !behind.has(name) || !replicas.some((replica) => replica.name === name)
}
