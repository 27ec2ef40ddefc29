/**
 * The statements of one batch's transaction, in the order in which a batch runs them.
 *
 * The connection is pipelined: a statement leaves when its method is called, before the answers of those called earlier.
 * Statements that do not need each other's answers are called together and make one round trip ({@link together}).
 */
import type { PoolClient, QueryArrayResult } from 'pg'
import type { Account, FailureCode } from '@paycluster/contracts'
import { parseLsn, type Lsn } from '@paycluster/platform/consistency/lsn'
import { isoTime } from '@paycluster/platform/iso-time'
import { loadText } from '@paycluster/platform/load-text'
import { byteaArray, plainArray, textArray } from './array-literal.ts'
import { SYSTEM_MIN_AVAILABLE, type NewAccount, type NewPayment } from './decide-batch.ts'
import type { LaidEntry, NetEffect, PaymentEntries, UpdatedBalance } from './lay-entries.ts'
import type { AccountRow, BalanceState, PaymentRow, Uuid } from './ledger-state.ts'
import { ContentionError } from './posting-errors.ts'

const sql = (name: string): { name: string; text: string } => ({
  name,
  text: loadText(import.meta.url, `./${name}.sql`),
})

const ADVANCE_OFFSETS = sql('advance-offsets')
const READ_OFFSETS = sql('read-offsets')
const READ_BALANCES = sql('read-balances')
const LOCK_BALANCES = sql('lock-balances')
const READ_PAYMENTS = sql('read-payments')
const READ_REFERENCES = sql('read-references')
const READ_ACCOUNTS = sql('read-accounts')
const INSERT_ACCOUNTS = sql('insert-accounts')
const UPDATE_BALANCES = sql('update-balances')
const INSERT_PAYMENTS = sql('insert-payments')
const COMMIT = sql('commit').text

/** A contiguous piece of one partition's log. */
export interface OffsetRange {
  readonly partition: number
  readonly firstOffset: number
  /** One past the last. */
  readonly nextOffset: number
}

/** Where a commit stands in the primary's log. */
export interface CommitPosition {
  readonly lsn: Lsn
  readonly timeline: number
}

type Row = unknown[]

/** One batch's transaction on one connection. */
export class LedgerTransaction {
  readonly #client: PoolClient

  private constructor(client: PoolClient) {
    this.#client = client
  }

  /** Begins. The statements after it need not wait for that: a connection that cannot begin fails them as well. */
  static begin(client: PoolClient): { transaction: LedgerTransaction; begun: Promise<unknown> } {
    return { transaction: new LedgerTransaction(client), begun: client.query('BEGIN') }
  }

  /** Outside any batch: where the ledger stands, by partition. */
  static async readOffsets(
    client: PoolClient,
    topic: string,
    partitions: readonly number[],
  ): Promise<Map<number, number>> {
    const result = await client.query<Row>({
      ...READ_OFFSETS,
      values: [topic, plainArray(partitions)],
      rowMode: 'array',
    })
    return new Map(result.rows.map(([partition, next]) => [Number(partition), Number(next)] as const))
  }

  /** The ledger's time in ms of the epoch, or undefined when a range begins beyond the ledger's offset. */
  async advanceOffsets(topic: string, ranges: readonly OffsetRange[]): Promise<number | undefined> {
    const sorted = [...ranges].sort((a, b) => a.partition - b.partition)
    const rows = await this.#rows(ADVANCE_OFFSETS, [
      topic,
      plainArray(sorted.map((range) => range.partition)),
      plainArray(sorted.map((range) => range.firstOffset)),
      plainArray(sorted.map((range) => range.nextOffset)),
    ])
    return rows.length === ranges.length ? Number(rows[0]?.[1]) : undefined
  }

  /** @param lock  take the rows' locks first, so that what is read stays true to the end of the transaction */
  async readBalances(accounts: readonly Uuid[], lock: boolean): Promise<Map<Uuid, BalanceState>> {
    const sorted = lock ? [...accounts].sort() : accounts
    const rows = await this.#rows(lock ? LOCK_BALANCES : READ_BALANCES, [plainArray(sorted)])
    return byOrdinal(sorted, rows, ([, client, currency, status, posted, held, minAvailable, version]) => ({
      client: Number(client),
      currency: String(currency),
      status: status as BalanceState['status'],
      posted: Number(posted),
      held: Number(held),
      minAvailable: Number(minAvailable),
      version: Number(version),
    }))
  }

  async readPayments(ids: readonly Uuid[]): Promise<Map<Uuid, PaymentRow>> {
    return byOrdinal(ids, await this.#rows(READ_PAYMENTS, [plainArray(ids)]), toPaymentRow)
  }

  async readAccounts(ids: readonly Uuid[]): Promise<Map<Uuid, AccountRow>> {
    return byOrdinal(ids, await this.#rows(READ_ACCOUNTS, [plainArray(ids)]), toAccountRow)
  }

  /** Which of the pairs a payment that did not fail has taken, as indexes. */
  async readReferences(pairs: readonly { client: number; reference: string }[]): Promise<number[]> {
    const rows = await this.#rows(READ_REFERENCES, [
      plainArray(pairs.map((pair) => pair.client)),
      textArray(pairs.map((pair) => pair.reference)),
    ])
    return rows.map(([ordinal]) => Number(ordinal) - 1)
  }

  /** @returns whether all of them were new */
  async insertAccounts(accounts: readonly NewAccount[]): Promise<boolean> {
    const commands = accounts.map(({ account }) => account.command)
    const rows = await this.#rows(INSERT_ACCOUNTS, [
      plainArray(accounts.map(({ account }) => account.id)),
      plainArray(commands.map((command) => command.client)),
      plainArray(commands.map((command) => command.kind)),
      plainArray(commands.map((command) => command.currency)),
      textArray(commands.map((command) => command.external_id ?? null)),
      textArray(commands.map((command) => JSON.stringify(command.metadata ?? {}))),
      byteaArray(commands.map((command) => command.fingerprint)),
      timeArray(commands.map((command) => command.created_at_ms)),
      plainArray(commands.map((command) => (command.kind === 'system' ? SYSTEM_MIN_AVAILABLE : 0))),
    ])
    return Number(rows[0]?.[0]) === accounts.length
  }

  /** @returns the updated balances in the order of `effects` */
  async updateBalances(effects: readonly NetEffect[], atMs: number): Promise<UpdatedBalance[]> {
    const rows = await this.#rows(UPDATE_BALANCES, [
      plainArray(effects.map((effect) => effect.account)),
      plainArray(effects.map((effect) => effect.delta)),
      plainArray(effects.map((effect) => effect.entries)),
      isoTime(atMs),
    ])
    const updated: UpdatedBalance[] = []
    for (const [ordinal, posted, held, version, updatedAtMs] of rows) {
      updated[Number(ordinal) - 1] = {
        posted: Number(posted),
        held: Number(held),
        version: Number(version),
        updatedAtMs: Number(updatedAtMs),
      }
    }
    return updated
  }

  /**
   * @param entriesOf  the entries of a payment that moved money
   * @throws DatabaseError unique_violation when a payment turns out not to be new
   */
  async insertPayments(
    payments: readonly NewPayment[],
    entriesOf: ReadonlyMap<NewPayment, PaymentEntries>,
    atMs: number,
  ): Promise<void> {
    const commands = payments.map(({ payment }) => payment.command)
    const entries: LaidEntry[] = []
    const sequences = payments.map((payment) => {
      const laid = entriesOf.get(payment)
      if (laid !== undefined) entries.push(...laid)
      return laid
    })
    await this.#rows(INSERT_PAYMENTS, [
      plainArray(payments.map(({ payment }) => payment.id)),
      plainArray(commands.map((command) => command.client)),
      plainArray(payments.map(({ counterparty }) => counterparty)),
      textArray(
        payments.map(({ counterparty, payment }) => (counterparty === null ? payment.command.destination : null)),
      ),
      plainArray(payments.map(({ failure }) => (failure === null ? 'succeeded' : 'failed'))),
      plainArray(payments.map(({ failure }) => failure)),
      plainArray(payments.map(({ payment }) => payment.source)),
      plainArray(payments.map(({ payment }) => payment.destination)),
      plainArray(sequences.map((laid) => laid?.[0].seq ?? null)),
      plainArray(sequences.map((laid) => laid?.[1].seq ?? null)),
      plainArray(commands.map((command) => command.amount)),
      plainArray(commands.map((command) => command.currency)),
      textArray(commands.map((command) => command.reference ?? null)),
      textArray(commands.map((command) => command.description ?? null)),
      textArray(commands.map((command) => (command.metadata === undefined ? null : JSON.stringify(command.metadata)))),
      byteaArray(commands.map((command) => command.fingerprint)),
      timeArray(commands.map((command) => command.created_at_ms)),
      isoTime(atMs),
      plainArray(entries.map((entry) => entry.account)),
      plainArray(entries.map((entry) => entry.seq)),
      plainArray(entries.map((entry) => entry.payment)),
      plainArray(entries.map((entry) => entry.client)),
      plainArray(entries.map((entry) => entry.amount)),
      plainArray(entries.map((entry) => entry.balanceAfter)),
      timeArray(entries.map((entry) => entry.createdAtMs)),
    ])
  }

  /**
   * Resolves when the commit is as durable as the connection's settings demand, which is as long as it takes. Called
   * together with a statement that fails, it rolls back, and rejects.
   */
  async commit(): Promise<CommitPosition> {
    // Two statements in one round trip: the driver answers with an array of results, which its types do not know.
    const results = (await this.#client.query<Row>({
      text: COMMIT,
      rowMode: 'array',
    })) as unknown as QueryArrayResult<Row>[]
    const [commit, position] = results
    // PostgreSQL answers a COMMIT of a transaction that failed with ROLLBACK, and no error.
    if (commit?.command !== 'COMMIT') throw new ContentionError('the transaction had failed before its commit')
    const [lsn, timeline] = position?.rows[0] ?? []
    return { lsn: parseLsn(String(lsn)), timeline: parseInt(String(timeline), 16) }
  }

  async rollback(): Promise<void> {
    await this.#client.query('ROLLBACK')
  }

  async #rows(statement: { name: string; text: string }, values: readonly string[]): Promise<Row[]> {
    const result = await this.#client.query<Row>({ ...statement, values: [...values], rowMode: 'array' })
    return result.rows
  }
}

/**
 * The answers of statements that left together. All have answered when it settles, so that the connection is free.
 *
 * @throws the first error: a transaction that failed fails whatever comes after
 */
export async function together<const T extends readonly Promise<unknown>[]>(
  statements: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(statements)
  return Promise.all(statements)
}

function byOrdinal<T>(ids: readonly Uuid[], rows: readonly Row[], read: (row: Row) => T): Map<Uuid, T> {
  return new Map(rows.map((row) => [ids[Number(row[0]) - 1] ?? '', read(row)] as const))
}

const optional = <T>(value: unknown, read: (value: unknown) => T): T | null => (value === null ? null : read(value))
const metadataOf = (value: unknown): Record<string, string> => (value ?? {}) as Record<string, string>
const hexOf = (uuid: unknown): Uuid => String(uuid).replaceAll('-', '')

function toPaymentRow(row: Row): PaymentRow {
  const [, client, counterparty, unknownDestination, status, failure, source, destination, sourceSeq, destinationSeq] =
    row
  const [amount, currency, reference, description, metadata, fingerprint, createdAtMs, postedAtMs, version] =
    row.slice(10)
  return {
    client: Number(client),
    counterparty: optional(counterparty, Number),
    unknownDestination: optional(unknownDestination, String),
    status: status as PaymentRow['status'],
    failure: failure as FailureCode | null,
    source: hexOf(source),
    destination: hexOf(destination),
    sourceSeq: optional(sourceSeq, Number),
    destinationSeq: optional(destinationSeq, Number),
    amount: Number(amount),
    currency: String(currency),
    reference: optional(reference, String),
    description: optional(description, String),
    metadata: metadataOf(metadata),
    fingerprint: String(fingerprint),
    createdAtMs: Number(createdAtMs),
    postedAtMs: Number(postedAtMs),
    version: Number(version),
  }
}

function toAccountRow(row: Row): AccountRow {
  const [, client, kind, currency, status, externalId, metadata, fingerprint, createdAtMs, revision] = row
  return {
    client: Number(client),
    kind: kind as Account['kind'],
    currency: String(currency),
    status: status as AccountRow['status'],
    externalId: optional(externalId, String),
    metadata: metadataOf(metadata),
    fingerprint: String(fingerprint),
    createdAtMs: Number(createdAtMs),
    revision: Number(revision),
  }
}

const timeArray = (times: readonly number[]): string => plainArray(times.map(isoTime))
