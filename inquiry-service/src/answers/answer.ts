/**
 * What every read answers with: a body that is JSON already, and the headers that disclose where it comes from.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isMatch } from '@paycluster/platform/http/if-none-match'

export interface Answer {
  /** JSON. */
  readonly body: string
  /** `cache`, `replica:<name>` or `primary`. */
  readonly source: string
  /** When this state was last known to be current, in milliseconds of the epoch. */
  readonly asOfMs: number
  /** The version of what is answered, or a digest of it where there is none. */
  readonly etag: string
  /** The consistency token of the state. */
  readonly token: string
}

/** The headers of an answer; a client may keep it, and must ask each time: that is what the ETag is for. */
export const answerHeaders = (answer: Answer): Record<string, string> => ({
  'x-data-source': answer.source,
  'x-as-of': new Date(answer.asOfMs).toISOString(),
  etag: `"${answer.etag}"`,
  'consistency-token': answer.token,
  'cache-control': 'private, no-cache',
})

export const CONTENT_TYPE = 'application/json; charset=utf-8'

/** Whether the request says that the client has the answer already: 304. */
export function isNotModified(headers: IncomingHttpHeaders, answer: Answer): boolean {
  const condition = headers['if-none-match']
  return condition !== undefined && isMatch(condition, `"${answer.etag}"`)
}

/** Sends an answer, or 304 when the client has it. */
export function sendAnswer(request: FastifyRequest, reply: FastifyReply, answer: Answer): void {
  reply.headers(answerHeaders(answer))
  if (isNotModified(request.headers, answer)) void reply.status(304).send()
  else void reply.header('content-type', CONTENT_TYPE).send(answer.body)
}
