/** Reads rows as PostgreSQL sends them, columns in the order of the statements' .sql files, the ordinal first. */
import type {
  Account,
  BankRail,
  Card,
  FailureCode,
  OperationFailureCode,
  OperationKind,
  RefundSettlement,
} from '@paycluster/contracts'
import type {
  AccountRow,
  BalanceState,
  BankSide,
  BlockChangeRow,
  LedgerPaymentStatus,
  OperationRow,
  PaymentRow,
  Uuid,
} from './ledger-state.ts'

export type Row = unknown[]

const optional = <T>(value: unknown, read: (value: unknown) => T): T | null => (value === null ? null : read(value))
const metadataOf = (value: unknown): Record<string, string> => (value ?? {}) as Record<string, string>
const hexOf = (uuid: unknown): Uuid => String(uuid).replaceAll('-', '')

export function toPaymentRow(row: Row): PaymentRow {
  const [, client, counterparty, unknownDestination, status, failure, source, destination, sourceSeq, destinationSeq] =
    row
  const [amount, currency, reference, description, metadata, fingerprint, createdAtMs, postedAtMs, version] =
    row.slice(10)
  const [holdUntilMs, captured, refunded, completedAtMs, rail, fee, bank] = row.slice(19)
  return {
    client: Number(client),
    counterparty: optional(counterparty, Number),
    unknownDestination: optional(unknownDestination, String),
    status: status as LedgerPaymentStatus,
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
    holdUntilMs: optional(holdUntilMs, Number),
    captured: optional(captured, Number),
    refunded: optional(refunded, Number),
    completedAtMs: optional(completedAtMs, Number),
    bank: rail === null ? null : bankSideOf(rail as BankRail, fee, bank as BankJson),
  }
}

/** The column `bank`. */
interface BankJson {
  readonly reference?: string
  readonly card?: Card
}

const bankSideOf = (rail: BankRail, fee: unknown, { reference, card }: BankJson): BankSide => ({
  rail,
  fee: Number(fee),
  reference: reference ?? null,
  card: card ?? null,
})

export function toBalanceState(row: Row): BalanceState {
  const [, client, currency, status, posted, held, minAvailable, version, paymentLimit, dailyLimit, spentOn, spent] =
    row
  return {
    client: Number(client),
    currency: String(currency),
    status: status as BalanceState['status'],
    posted: Number(posted),
    held: Number(held),
    minAvailable: Number(minAvailable),
    version: Number(version),
    paymentLimit: optional(paymentLimit, Number),
    dailyLimit: optional(dailyLimit, Number),
    spentOn: optional(spentOn, String),
    spent: Number(spent),
  }
}

export function toAccountRow(row: Row): AccountRow {
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

export function toOperationRow(row: Row): OperationRow {
  const [, payment, unknownPayment, kind, failure, amount, reason, fingerprint, sourceSeq, destinationSeq] = row
  const [paymentVersion, refunded, createdAtMs, postedAtMs, feeSeq, settlement, settledAtMs] = row.slice(10)
  return {
    payment: hexOf(payment),
    unknownPayment: optional(unknownPayment, String),
    kind: kind as OperationKind,
    failure: failure as OperationFailureCode | null,
    amount: optional(amount, Number),
    reason: optional(reason, String),
    fingerprint: String(fingerprint),
    sourceSeq: optional(sourceSeq, Number),
    destinationSeq: optional(destinationSeq, Number),
    feeSeq: optional(feeSeq, Number),
    paymentVersion: optional(paymentVersion, Number),
    refunded: optional(refunded, Number),
    createdAtMs: Number(createdAtMs),
    postedAtMs: Number(postedAtMs),
    settlement: settlement as RefundSettlement | null,
    settledAtMs: optional(settledAtMs, Number),
  }
}

export function toBlockChangeRow([, account, fingerprint, revision]: Row): BlockChangeRow {
  return { account: hexOf(account), fingerprint: String(fingerprint), revision: Number(revision) }
}
