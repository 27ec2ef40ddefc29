/** What all requests of all users share, made once. */
import { sleep } from 'k6'
import type { Params, RefinedResponse, ResponseType } from 'k6/http'
import type { Operation } from '../src/workload/workload.ts'
import { bodiesChecked, malformed } from './checks.ts'
import { fault } from './output.ts'
import { apiKey, settings } from './settings.ts'

export type Response = RefinedResponse<ResponseType>

/** A client that waits longer has gone. */
export const TIMEOUT_MS = 10_000
export const authorization = `Bearer ${apiKey}`
const CANCELED = 'context canceled'
const { thinkS } = settings.workload

export interface ReadParams {
  readonly op: Operation
  /** The body is not wanted. */
  readonly plain: Params
  readonly checked: Params
}

export function readParams(op: Operation): ReadParams {
  const plain = { headers: { authorization }, tags: { op, kind: 'read' }, timeout: TIMEOUT_MS }
  return { op, plain, checked: { ...plain, responseType: 'text' } }
}

/** The pause after an answer; none in the open model, whose arrivals decide. */
export function pause(): void {
  if (thinkS > 0) sleep(thinkS * (0.5 + Math.random()))
}

/** @param wrong  what is wrong with the body, if anything is */
export function compare(operation: Operation, wrong: string | undefined): void {
  bodiesChecked.add(1)
  if (wrong !== undefined) malformed(operation, wrong)
}

export function noteRefusal(operation: Operation, { status, error, body }: Response): void {
  // In flight when the run ended.
  if (error === CANCELED) return
  const code = typeof body === 'string' ? /"code":"([a-z_]+)"/.exec(body)?.[1] : undefined
  fault({ remark: 'refused', operation, status, detail: status === 0 ? error : (code ?? '') })
}
