/**
 * What most services do: a transaction a payment, on the same schema and with the same checks.
 *
 *     BEGIN → lock both balances in account order → update both → payment → entries → COMMIT
 *
 * The ledger's offsets are left out, in favour of it: a row a partition that every payment updates would be one more hot
 * row.
 */
import { loadText } from '@paycluster/platform/load-text'
import type { BatchPayment } from 'payment-worker/posting/batch-command'
import pg from 'pg'
import type { Cell } from './cells.ts'

const sql = (name: string): { name: string; text: string } => ({
  name,
  text: loadText(import.meta.url, `./${name}.sql`),
})
const LOCK = sql('row-lock')
const UPDATE = sql('row-update')
const INSERT_PAYMENT = sql('row-payment')
const INSERT_ENTRIES = sql('row-entries')
const ONE_STATEMENT = sql('row-one-statement')

interface RowWriter {
  post(payments: readonly BatchPayment[]): Promise<void>
  close(): Promise<void>
}

interface Locked {
  readonly account: string
  readonly client_id: number
  readonly available: string
}

interface Updated {
  readonly account: string
  readonly posted: string
  readonly version: string
  /** Null for nothing. */
  readonly held: string | null
}

export async function openRowWriter(
  connectionString: string,
  method: Exclude<Cell['method'], 'batch'>,
): Promise<RowWriter> {
  const client = new pg.Client({ connectionString, keepAlive: true })
  client.on('error', () => undefined)
  await client.connect()
  const postOne = method === 'row' ? postRow : postStatement
  return {
    async post(payments) {
      for (const payment of payments) await postOne(client, payment)
    },
    close: () => client.end(),
  }
}

async function postRow(client: pg.Client, { id, source, destination, command }: BatchPayment): Promise<void> {
  await client.query('BEGIN')
  const locked = await client.query<Locked>({ ...LOCK, values: [source, destination] })
  const payer = locked.rows.find(({ account }) => account === source)
  const payee = locked.rows.find(({ account }) => account === destination)
  if (payer === undefined || payee === undefined) throw new Error('an account is missing')
  const { client: clientNumber, amount, currency, fingerprint, created_at_ms } = command
  const isDeclined = Number(payer.available) < amount
  const at = new Date().toISOString()
  const after = new Map<string, Updated>()
  if (!isDeclined) {
    const updated = await client.query<Updated>({
      ...UPDATE,
      values: [source, destination, amount, at],
    })
    for (const row of updated.rows) after.set(row.account, row)
  }
  const [from, to] = [after.get(source), after.get(destination)]
  const created = new Date(created_at_ms).toISOString()
  await client.query({
    ...INSERT_PAYMENT,
    values: [
      ...[id, clientNumber, payee.client_id, isDeclined ? 'failed' : 'succeeded'],
      ...[isDeclined ? 'insufficient_funds' : null, source, destination, from?.version ?? null, to?.version ?? null],
      ...[amount, currency, Buffer.from(fingerprint, 'hex'), created, at],
    ],
  })
  if (from !== undefined && to !== undefined)
    await client.query({
      ...INSERT_ENTRIES,
      values: [
        ...[source, from.version, from.posted, from.held, destination, to.version, to.posted, to.held],
        ...[id, clientNumber, amount, at],
      ],
    })
  await client.query('COMMIT')
}

/** @throws Error for what it cannot do: it has no way to record a declined payment */
async function postStatement(client: pg.Client, { id, source, destination, command }: BatchPayment): Promise<void> {
  const { client: clientNumber, amount, currency, fingerprint, created_at_ms } = command
  const at = new Date().toISOString()
  const created = new Date(created_at_ms).toISOString()
  const { rowCount } = await client.query({
    ...ONE_STATEMENT,
    values: [
      ...[id, source, destination, clientNumber, amount, currency],
      ...[Buffer.from(fingerprint, 'hex'), created, at],
    ],
  })
  if (rowCount !== 1) throw new Error('a payment was not posted')
}
