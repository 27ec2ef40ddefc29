/** Texts of the command line as values. Each throws a LoadError `invalid_option` that says what is understood. */
import { LoadError } from '../load-error.ts'
import { SHOPPER_OPERATIONS, type CustomerSkew, type Mix } from '../workload/workload.ts'

const MAX_USERS = 50_000
const MAX_RATE_PER_S = 100_000
const MAX_DURATION_S = 24 * 3600
const MAX_THINK_S = 3600
const MAX_WEIGHT = 100

const UNITS_S = { ms: 0.001, s: 1, m: 60, h: 3600 } as const

export function parseDuration(option: string, text: string, minS: number, maxS: number): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text)
  const seconds = Number(match?.[1]) * UNITS_S[(match?.[2] ?? 's') as keyof typeof UNITS_S]
  if (match === null || !(seconds >= minS && seconds <= maxS))
    throw invalid(option, text, `a time such as 500ms, 30s or 2m, from ${minS} s to ${maxS} s`)
  return seconds
}

export const parseUsers = (text: string): number => parseInteger('--users', text, 1, MAX_USERS)
export const parseRate = (text: string): number => parseInteger('--rate', text, 1, MAX_RATE_PER_S)
export const parseMeasuredTime = (text: string): number => parseDuration('--duration', text, 1, MAX_DURATION_S)
export const parseWarmUp = (text: string): number => parseDuration('--warm-up', text, 0, MAX_DURATION_S)
export const parseRamp = (text: string): number => parseDuration('--ramp', text, 0, MAX_DURATION_S)
export const parseThink = (text: string): number => parseDuration('--think', text, 0, MAX_THINK_S)

/** `3:1:1:1` as the weights of balance, payment, statement, pay. */
export function parseMix(text: string): Mix {
  const expected = `whole weights of ${SHOPPER_OPERATIONS.join(':')} up to ${MAX_WEIGHT}, such as 3:1:1:1`
  const parts = text.split(':')
  if (parts.length !== SHOPPER_OPERATIONS.length || !parts.every((part) => /^\d{1,3}$/.test(part)))
    throw invalid('--mix', text, expected)
  const [balance = 0, payment = 0, statement = 0, pay = 0] = parts.map(Number)
  const mix = { balance, payment, statement, pay }
  const weights = Object.values(mix)
  if (Math.max(...weights) > MAX_WEIGHT || Math.max(...weights) === 0) throw invalid('--mix', text, expected)
  return mix
}

/** `uniform`, `zipf` (exponent 1) or `zipf:<exponent>`. */
export function parseCustomers(text: string): CustomerSkew {
  if (text === 'uniform') return { kind: 'uniform' }
  const exponent = Number(/^zipf(?::(\d+(?:\.\d+)?))?$/.exec(text)?.[1] ?? (text === 'zipf' ? 1 : NaN))
  if (exponent > 0 && exponent <= 5) return { kind: 'zipf', exponent }
  throw invalid('--customers', text, 'uniform, zipf or zipf:<exponent up to 5>')
}

/** `80:5`: 80 % of the payments to 5 % of the merchants. */
export function parseMerchants(text: string): { traffic: number; merchants: number } {
  const [traffic = NaN, merchants = NaN] = (/^(\d{1,3}):(\d{1,3})$/.exec(text) ?? []).slice(1).map(Number)
  if (traffic <= 100 && merchants <= 100) return { traffic: traffic / 100, merchants: merchants / 100 }
  throw invalid('--merchants', text, '<percent of payments>:<percent of merchants>, such as 80:5')
}

/** Without slashes at the end. */
export function parseUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw invalid('--url', text, 'an address such as http://127.0.0.1:8080')
  return text.replace(/\/+$/, '')
}

export function parseInteger(option: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw invalid(option, text, `a whole number from ${min} to ${max}`)
  return value
}

export const invalid = (option: string, text: string, expected: string): LoadError =>
  new LoadError('invalid_option', `${option} ${text}: expected ${expected}`)
