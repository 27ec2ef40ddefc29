/** Which accounts have changed in a time, and which are the next of the rolling sample. */
import type { Pool } from 'pg'
import { HOUSE_CLIENT } from '@paycluster/platform/ids/house-accounts'
import { isoTime } from '@paycluster/platform/iso-time'

/** By entries_time: what was recorded in a minute lies together. */
const READ_CHANGED = {
  name: 'read-changed-accounts',
  text: `SELECT c.account_id AS id, b.client_id AS client
         FROM (SELECT DISTINCT account_id FROM entries WHERE created_at >= $1 AND created_at < $2 LIMIT $3) c
         JOIN account_balances b ON b.account_id = c.account_id`,
}
const READ_NEXT = {
  name: 'read-next-accounts',
  text: `SELECT account_id AS id, client_id AS client FROM account_balances WHERE account_id > $1
         ORDER BY account_id LIMIT $2`,
}
const READ_NOW = { name: 'read-ledger-clock', text: 'SELECT clock_timestamp() AS now' }

const SLICE_MS = 60_000
/** Accounts that a run looks at because they changed; what changed later is the next run's. */
const MAX_CHANGED = 100_000
/** Before everything. */
const NO_ACCOUNT = '00000000-0000-0000-0000-000000000000'

export interface AccountRef {
  /** A uuid. */
  readonly id: string
  readonly client: number
}

export interface ChangedAccounts {
  readonly accounts: readonly AccountRef[]
  /** Up to when they are all of them, in milliseconds of the epoch. */
  readonly untilMs: number
}

export interface SampledAccounts {
  readonly accounts: readonly AccountRef[]
  /** The account after which the next sample begins; null: with the first. */
  readonly next: string | null
}

/** The ledger's clock, in milliseconds of the epoch. @throws DatabaseError */
export async function ledgerNow(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ now: Date }>(READ_NOW)
  return rows[0]?.now.getTime() ?? 0
}

/** Those with an entry of a time, each once; the cluster's own accounts as well. @throws DatabaseError */
export async function changedAccounts(
  pool: Pool,
  fromMs: number,
  toMs: number,
  pause: () => Promise<void>,
): Promise<ChangedAccounts> {
  const clients = new Map<string, number>()
  let untilMs = fromMs
  while (untilMs < toMs && clients.size < MAX_CHANGED) {
    await pause()
    const endMs = Math.min(untilMs + SLICE_MS, toMs)
    const values = [isoTime(untilMs), isoTime(endMs), MAX_CHANGED]
    const { rows } = await pool.query<AccountRef>({ ...READ_CHANGED, values })
    for (const { id, client } of rows) clients.set(id, client)
    untilMs = endMs
  }
  return { accounts: [...clients].map(([id, client]) => ({ id, client })), untilMs }
}

/** The next accounts in the order of their ids. @param after  as the sample before has left it @throws DatabaseError */
export async function nextAccounts(pool: Pool, after: string | null, limit: number): Promise<SampledAccounts> {
  if (limit === 0) return { accounts: [], next: after }
  const { rows } = await pool.query<AccountRef>({ ...READ_NEXT, values: [after ?? NO_ACCOUNT, limit] })
  return { accounts: rows, next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) }
}

/** Whether anybody may read of it: of the cluster's own accounts nothing is cached. */
export const isServed = ({ client }: AccountRef): boolean => client !== HOUSE_CLIENT
