/** A small, true ledger, made without the worker: for tests of what reads a ledger, or finds what is wrong with one. */
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import { COMMANDS_TOPIC, MAX_AMOUNT_MINOR, TOPIC_PARTITIONS } from '@paycluster/contracts'
import { withClient } from './query.ts'

export interface SeedOptions {
  /** At least 4. */
  readonly customers?: number
  /** Between customers, besides one funding payment each. */
  readonly payments?: number
  /** Declined for want of funds. */
  readonly failed?: number
}

export interface SeededPayment {
  readonly id: string
  readonly source: string
  readonly destination: string
  readonly amount: number
  readonly status: 'succeeded' | 'failed'
  readonly client: number
}

export interface SeededLedger {
  /** Client numbers. */
  readonly system: number
  readonly demo: number
  readonly fundingAccount: string
  readonly customers: readonly string[]
  /** In the order of their posting. */
  readonly payments: readonly SeededPayment[]
}

const FUNDS_MINOR = 1_000_000
const AMOUNT_MINOR = 100
const START_MS = Date.UTC(2026, 0, 1)

interface RunningAccount {
  readonly id: string
  readonly client: number
  posted: number
  version: number
}

/**
 * Fills an empty, migrated database: a funding account, funded customers, and payments around the ring of them.
 *
 * @param ownerUrl  as payments_owner
 */
export async function seedLedger(ownerUrl: string, codec: IdCodec, options: SeedOptions = {}): Promise<SeededLedger> {
  const { customers: count = 10, payments: transfers = 100, failed = 5 } = options
  const [system, demo] = [1, 2]
  const open = (client: number, key: string): RunningAccount => ({
    id: codec.derive('acc', client, key),
    client,
    posted: 0,
    version: 0,
  })
  const funding = open(system, 'funding')
  const customers = Array.from({ length: count }, (_, index) => open(demo, `customer-${index}`))
  const customer = (index: number): RunningAccount => customers[index % count] ?? funding
  const payments: SeededPayment[] = []
  const paymentRows: object[] = []
  const entryRows: object[] = []

  const post = (from: RunningAccount, to: RunningAccount, amount: number, succeeds: boolean): void => {
    const n = payments.length
    const id = codec.derive('pay', from.client, `payment-${n}`)
    const at = new Date(START_MS + n).toISOString()
    if (succeeds) {
      for (const [account, signed] of [
        [from, -amount],
        [to, amount],
      ] as const) {
        account.posted += signed
        account.version += 1
        entryRows.push({
          account_id: idToUuid(account.id),
          seq: account.version,
          payment_id: idToUuid(id),
          kind: 'payment',
          payment_client_id: from.client,
          amount: signed,
          balance_after: account.posted,
          created_at: at,
        })
      }
    }
    payments.push({
      id,
      source: from.id,
      destination: to.id,
      amount,
      status: succeeds ? 'succeeded' : 'failed',
      client: from.client,
    })
    paymentRows.push({
      id: idToUuid(id),
      client_id: from.client,
      counterparty_client_id: to.client,
      status: succeeds ? 'succeeded' : 'failed',
      failure: succeeds ? null : 'insufficient_funds',
      source_id: idToUuid(from.id),
      destination_id: idToUuid(to.id),
      source_seq: succeeds ? from.version : null,
      destination_seq: succeeds ? to.version : null,
      amount,
      currency: 'USD',
      fingerprint: '\\x00',
      created_at: at,
      posted_at: at,
      version: 1,
    })
  }
  for (const account of customers) post(funding, account, FUNDS_MINOR, true)
  for (let n = 0; n < transfers; n++) post(customer(n), customer(n + 1 + (n % 3)), AMOUNT_MINOR + n, true)
  for (let n = 0; n < failed; n++) post(customer(n), customer(n + 1), MAX_AMOUNT_MINOR, false)

  const accounts = [funding, ...customers]
  const at = new Date(START_MS).toISOString()
  await withClient(ownerUrl, async (client) => {
    const insert = async (table: string, rows: readonly object[]): Promise<void> => {
      const columns = Object.keys(rows[0] ?? {}).join(', ')
      if (columns === '') return
      await client.query(
        `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1::json)`,
        [JSON.stringify(rows)],
      )
    }
    await client.query('BEGIN')
    await insert('clients', [
      { id: system, name: 'system' },
      { id: demo, name: 'demo' },
    ])
    await client.query("SELECT setval(pg_get_serial_sequence('clients', 'id'), max(id)) FROM clients")
    await insert(
      'accounts',
      accounts.map((account) => ({
        id: idToUuid(account.id),
        client_id: account.client,
        kind: account === funding ? 'system' : 'customer',
        currency: 'USD',
        metadata: {},
        fingerprint: '\\x00',
        created_at: at,
      })),
    )
    await insert(
      'account_balances',
      accounts.map((account) => ({
        account_id: idToUuid(account.id),
        client_id: account.client,
        currency: 'USD',
        posted: account.posted,
        min_available: account === funding ? -MAX_AMOUNT_MINOR : 0,
        version: account.version,
        updated_at: new Date(START_MS + payments.length).toISOString(),
      })),
    )
    await insert('payments', paymentRows)
    await insert('entries', entryRows)
    await insert(
      'ledger_offsets',
      Array.from({ length: TOPIC_PARTITIONS }, (_, partition) => ({
        topic: COMMANDS_TOPIC,
        partition,
        next_offset: 0,
      })),
    )
    await client.query('COMMIT')
  })
  return { system, demo, fundingAccount: funding.id, customers: customers.map(({ id }) => id), payments }
}
