/** A line of a bank's statement, and how it is read. */
import { STATEMENT_COLUMNS } from '@paycluster/contracts'
import { StatementError } from './statement-error.ts'

export interface StatementLine {
  /** Of the file, from 1: the header is the first. */
  readonly line: number
  /** The bank's id of what it has done. */
  readonly bankId: string
  /** What we have called it; empty where the bank knows no name of ours. */
  readonly key: string
  readonly type: BankType
  /** Minor units; negative leaves our account at the bank. */
  readonly amount: number
  readonly currency: string
  /** RFC 3339, in UTC. */
  readonly settledAt: string
}

export type StatementRecord = Readonly<Record<(typeof STATEMENT_COLUMNS)[number], string>>

export type BankType = 'collection' | 'payout' | 'card_charge' | 'refund'

const TYPES: ReadonlySet<string> = new Set<BankType>(['collection', 'payout', 'card_charge', 'refund'])
const ID = /^[\x21-\x7e]{1,100}$/
const KEY = /^[\x20-\x7e]{0,255}$/
const AMOUNT = /^-?\d{1,16}$/
const CURRENCY = /^[A-Z]{3}$/
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/
const MAX_SHOWN = 40

/** @throws StatementError unless it is the header of a statement */
export function checkHeader(record: readonly string[]): void {
  if (record.length !== STATEMENT_COLUMNS.length || STATEMENT_COLUMNS.some((name, at) => record[at] !== name))
    throw new StatementError(`line 1: the columns are not ${STATEMENT_COLUMNS.join(',')}`)
}

/**
 * @param day  of UTC that the statement is of
 * @throws StatementError naming the line
 */
export function toStatementLine(record: StatementRecord, line: number, day: string): StatementLine {
  const { id: bankId, idempotency_key: key, type, amount, currency, settled_at: settledAt } = record
  const fault = (what: string, value: string): StatementError =>
    new StatementError(`line ${line}: ${what}: ${JSON.stringify(value.slice(0, MAX_SHOWN))}`)
  if (!ID.test(bankId)) throw fault('id is none', bankId)
  if (!KEY.test(key)) throw fault('idempotency_key is none', key)
  if (!isType(type)) throw fault('type is not known', type)
  const minor = Number(amount)
  if (!AMOUNT.test(amount) || !Number.isSafeInteger(minor) || minor === 0)
    throw fault('amount is no whole number of minor units', amount)
  if (!CURRENCY.test(currency)) throw fault('currency is none', currency)
  if (!TIME.test(settledAt) || Number.isNaN(Date.parse(settledAt)))
    throw fault('settled_at is no time in UTC', settledAt)
  if (!settledAt.startsWith(day)) throw fault(`settled_at is of another day than ${day}`, settledAt)
  return { line, bankId, key, type, amount: minor, currency, settledAt }
}

const isType = (type: string): type is BankType => TYPES.has(type)
