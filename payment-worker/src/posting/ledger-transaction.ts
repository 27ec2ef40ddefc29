/**
 * The statements of one batch's transaction, in the order in which a batch runs them.
 *
 * The connection is pipelined: a statement leaves when its method is called, before the answers of those called earlier.
 * Statements that do not need each other's answers are called together and make one round trip ({@link together}).
 */
import type { PoolClient, QueryArrayResult } from 'pg'
import type { OperationFailureCode, OperationKind, RefundSettlement } from '@paycluster/contracts'
import { parseLsn, type Lsn } from '@paycluster/platform/consistency/lsn'
import { isoTime } from '@paycluster/platform/iso-time'
import { loadText } from '@paycluster/platform/load-text'
import { byteaArray, plainArray, textArray } from './array-literal.ts'
import type { BatchOperation } from './batch-command.ts'
import { SYSTEM_MIN_AVAILABLE } from './decide-batch.ts'
import { statusOf } from './new-payment-row.ts'
import type { NewAccount, NewBlockChange, NewPayment } from './decisions.ts'
import type { LaidEntries, NetEffect, UpdatedBalance } from './lay-entries.ts'
import { dayOf, type Spending } from './limits/spending.ts'
import {
  toAccountRow,
  toBalanceState,
  toBlockChangeRow,
  toOperationRow,
  toPaymentRow,
  type Row,
} from './ledger-rows.ts'
import type {
  AccountRow,
  BalanceState,
  BlockChangeRow,
  LedgerPaymentStatus,
  OperationRow,
  PaymentRow,
  Uuid,
} from './ledger-state.ts'
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
const READ_OPERATIONS = sql('read-operations')
const UPDATE_PAYMENTS = sql('update-payments')
const INSERT_OPERATIONS = sql('insert-operations')
const READ_BLOCK_CHANGES = sql('read-block-changes')
const APPLY_BLOCK_CHANGES = sql('apply-block-changes')
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

/** A payment that operations of the batch have changed. */
export interface ChangedPayment {
  readonly id: Uuid
  /** Its version when the batch began, or when it was made within it. */
  readonly versionBefore: number
  readonly after: PaymentRow & { readonly status: LedgerPaymentStatus }
}

/** An operation with what it came to. */
export interface OperationToInsert {
  readonly operation: BatchOperation
  readonly operationKind: OperationKind
  readonly unknownPayment: string | null
  readonly failure: OperationFailureCode | null
  readonly amount: number | null
  readonly sourceSeq: number | null
  readonly destinationSeq: number | null
  readonly feeSeq: number | null
  readonly paymentVersion: number | null
  readonly refunded: number | null
  readonly settlement: RefundSettlement | null
  /** Of a bank's answer to a refund: which. */
  readonly refund: Uuid | null
}

/** An account that the batch has blocked or unblocked. */
export interface ChangedAccount {
  readonly id: Uuid
  readonly revisionBefore: number
  readonly after: AccountRow
}

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
    return byOrdinal(sorted, rows, toBalanceState)
  }

  async readPayments(ids: readonly Uuid[]): Promise<Map<Uuid, PaymentRow>> {
    return byOrdinal(ids, await this.#rows(READ_PAYMENTS, [plainArray(ids)]), toPaymentRow)
  }

  async readAccounts(ids: readonly Uuid[]): Promise<Map<Uuid, AccountRow>> {
    return byOrdinal(ids, await this.#rows(READ_ACCOUNTS, [plainArray(ids)]), toAccountRow)
  }

  async readOperations(ids: readonly Uuid[]): Promise<Map<Uuid, OperationRow>> {
    return byOrdinal(ids, await this.#rows(READ_OPERATIONS, [plainArray(ids)]), toOperationRow)
  }

  async readBlockChanges(ids: readonly Uuid[]): Promise<Map<Uuid, BlockChangeRow>> {
    return byOrdinal(ids, await this.#rows(READ_BLOCK_CHANGES, [plainArray(ids)]), toBlockChangeRow)
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

  /**
   * @param statusOf  an account's status when the batch was decided
   * @param spending  what accounts with a limit of a day have spent in it
   * @returns the updated balances in the order of `effects`; fewer when another batch blocked or unblocked one meanwhile,
   * or spent what this one had counted on
   */
  async updateBalances(
    effects: readonly NetEffect[],
    statusOf: (account: Uuid) => BalanceState['status'],
    spending: ReadonlyMap<Uuid, Spending>,
    atMs: number,
  ): Promise<UpdatedBalance[]> {
    const rows = await this.#rows(UPDATE_BALANCES, [
      plainArray(effects.map((effect) => effect.account)),
      plainArray(effects.map((effect) => effect.delta)),
      plainArray(effects.map((effect) => effect.held)),
      plainArray(effects.map((effect) => effect.entries)),
      plainArray(effects.map((effect) => statusOf(effect.account))),
      isoTime(atMs),
      spending.size === 0 ? '{}' : plainArray(effects.map((effect) => spending.get(effect.account)?.spent ?? null)),
      spending.size === 0 ? '{}' : plainArray(effects.map((effect) => spending.get(effect.account)?.before ?? null)),
      dayOf(atMs),
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
   * Payments as they were decided, whatever operations of the same batch did to them, and the entries of all of the batch.
   *
   * @throws DatabaseError unique_violation when a payment turns out not to be new
   */
  async insertPayments(payments: readonly NewPayment[], laid: LaidEntries, atMs: number): Promise<void> {
    const commands = payments.map(({ payment }) => payment.command)
    const sequences = payments.map((payment) => laid.get(payment))
    const entries = [...laid.values()].flat()
    await this.#rows(INSERT_PAYMENTS, [
      plainArray(payments.map(({ payment }) => payment.id)),
      plainArray(commands.map((command) => command.client)),
      plainArray(payments.map(({ counterparty }) => counterparty)),
      textArray(
        payments.map(({ counterparty, payment }) => (counterparty === null ? payment.command.destination : null)),
      ),
      plainArray(payments.map(({ failure, payment }) => statusOf(failure, payment.holdUntilMs !== null))),
      plainArray(payments.map(({ failure }) => failure)),
      plainArray(payments.map(({ payment }) => payment.source)),
      plainArray(payments.map(({ payment }) => payment.destination)),
      plainArray(sequences.map((of) => of?.[0]?.seq ?? null)),
      plainArray(sequences.map((of) => of?.[1]?.seq ?? null)),
      plainArray(commands.map((command) => command.amount)),
      plainArray(commands.map((command) => command.currency)),
      textArray(commands.map((command) => command.reference ?? null)),
      textArray(commands.map((command) => command.description ?? null)),
      textArray(commands.map((command) => (command.metadata === undefined ? null : JSON.stringify(command.metadata)))),
      byteaArray(commands.map((command) => command.fingerprint)),
      timeArray(commands.map((command) => command.created_at_ms)),
      optionalTimeArray(payments.map(({ payment }) => payment.holdUntilMs)),
      isoTime(atMs),
      plainArray(entries.map(({ leg }) => leg.account)),
      plainArray(entries.map(({ seq }) => seq)),
      plainArray(entries.map(({ leg }) => leg.payment)),
      plainArray(entries.map(({ leg }) => leg.kind)),
      plainArray(entries.map(({ leg }) => leg.client)),
      plainArray(entries.map(({ leg }) => leg.amount)),
      plainArray(entries.map(({ balanceAfter }) => balanceAfter)),
      timeArray(entries.map(({ createdAtMs }) => createdAtMs)),
      plainArray(entries.map(({ leg }) => leg.held || null)),
      plainArray(entries.map(({ heldAfter }) => heldAfter || null)),
    ])
  }

  /** @returns whether none of them was changed meanwhile */
  async updatePayments(changed: readonly ChangedPayment[]): Promise<boolean> {
    const rows = await this.#rows(UPDATE_PAYMENTS, [
      plainArray(changed.map(({ id }) => id)),
      plainArray(changed.map(({ versionBefore }) => versionBefore)),
      plainArray(changed.map(({ after }) => after.version)),
      plainArray(changed.map(({ after }) => after.status)),
      plainArray(changed.map(({ after }) => after.captured)),
      plainArray(changed.map(({ after }) => after.refunded)),
      optionalTimeArray(changed.map(({ after }) => after.completedAtMs)),
      plainArray(changed.map(({ after }) => after.failure)),
    ])
    return Number(rows[0]?.[0]) === changed.length
  }

  /** @throws DatabaseError unique_violation when one turns out not to be new */
  async insertOperations(operations: readonly OperationToInsert[], atMs: number): Promise<void> {
    const commands = operations.map(({ operation }) => operation.command)
    await this.#rows(INSERT_OPERATIONS, [
      plainArray(operations.map(({ operation }) => operation.id)),
      plainArray(operations.map(({ operation }) => operation.payment)),
      textArray(operations.map(({ unknownPayment }) => unknownPayment)),
      plainArray(commands.map((command) => command.client)),
      plainArray(operations.map(({ operationKind }) => operationKind)),
      plainArray(operations.map(({ failure }) => failure)),
      plainArray(operations.map(({ amount }) => amount)),
      textArray(commands.map((command) => ('reason' in command ? (command.reason ?? null) : null))),
      byteaArray(commands.map((command) => command.fingerprint)),
      plainArray(operations.map(({ sourceSeq }) => sourceSeq)),
      plainArray(operations.map(({ destinationSeq }) => destinationSeq)),
      plainArray(operations.map(({ paymentVersion }) => paymentVersion)),
      plainArray(operations.map(({ refunded }) => refunded)),
      timeArray(commands.map((command) => command.created_at_ms)),
      isoTime(atMs),
      plainArray(operations.map(({ feeSeq }) => feeSeq)),
      plainArray(operations.map(({ settlement }) => settlement)),
      plainArray(operations.map(({ refund }) => refund)),
    ])
  }

  /** @returns whether none of the accounts was changed meanwhile */
  async applyBlockChanges(
    accounts: readonly ChangedAccount[],
    changes: readonly NewBlockChange[],
    atMs: number,
  ): Promise<boolean> {
    const commands = changes.map(({ change }) => change.command)
    const rows = await this.#rows(APPLY_BLOCK_CHANGES, [
      plainArray(accounts.map(({ id }) => id)),
      plainArray(accounts.map(({ after }) => after.status)),
      plainArray(accounts.map(({ revisionBefore }) => revisionBefore)),
      plainArray(accounts.map(({ after }) => after.revision)),
      plainArray(changes.map(({ change }) => change.id)),
      plainArray(changes.map(({ change }) => change.account)),
      plainArray(commands.map((command) => command.client)),
      plainArray(commands.map((command) => (command.type === 'account.block' ? 'block' : 'unblock'))),
      textArray(commands.map((command) => command.reason)),
      byteaArray(commands.map((command) => command.fingerprint)),
      plainArray(changes.map(({ after }) => after.revision)),
      timeArray(commands.map((command) => command.created_at_ms)),
      isoTime(atMs),
    ])
    return Number(rows[0]?.[0]) === accounts.length
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

  /** A statement of another module's. */
  run(statement: { name: string; text: string }, values: readonly string[]): Promise<Row[]> {
    return this.#rows(statement, values)
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

const timeArray = (times: readonly number[]): string => plainArray(times.map(isoTime))
const optionalTimeArray = (times: readonly (number | null)[]): string =>
  plainArray(times.map((time) => (time === null ? null : isoTime(time))))
