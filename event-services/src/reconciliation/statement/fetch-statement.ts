/** Asks the bank for its statement of a day. */
import type { Readable } from 'node:stream'
import { request } from 'undici'
import { StatementError } from './statement-error.ts'

/** For its headers, and between two pieces of it. */
const TIMEOUT_MS = 30_000

export interface BankAddress {
  readonly url: string
  readonly apiKey: string
}

/**
 * The statement as it comes; whoever takes it reads it to its end or destroys it.
 *
 * @throws StatementError when the bank answers that it has none · what undici throws when it does not answer
 */
export async function fetchStatement(
  { url, apiKey }: BankAddress,
  day: string,
  signal: AbortSignal,
): Promise<Readable> {
  const { statusCode, body } = await request(`${url.replace(/\/+$/, '')}/v1/statements/${day}.csv`, {
    headers: { authorization: `Bearer ${apiKey}`, accept: 'text/csv' },
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    signal,
  })
  if (statusCode === 200) return body
  await body.dump()
  throw new StatementError(`the bank answered ${statusCode} when it was asked for its statement`)
}
