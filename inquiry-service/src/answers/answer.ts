/**
 * What every read answers with: a body that is JSON already, and the headers that disclose where it comes from.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'

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

/** Sends an answer, or 304 when the client has it. */
export function sendAnswer(request: FastifyRequest, reply: FastifyReply, answer: Answer): void {
  const etag = `"${answer.etag}"`
  reply.headers({
    'x-data-source': answer.source,
    'x-as-of': new Date(answer.asOfMs).toISOString(),
    etag,
    'consistency-token': answer.token,
    // A client may keep it, and must ask each time: that is what the ETag is for.
    'cache-control': 'private, no-cache',
  })
  const condition = request.headers['if-none-match']
  if (condition !== undefined && isMatch(condition, etag)) void reply.status(304).send()
  else void reply.header('content-type', 'application/json; charset=utf-8').send(answer.body)
}

/** RFC 9110, 13.1.2: a list of entity tags, compared weakly, or `*`. */
export function isMatch(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch === etag || ifNoneMatch === '*') return true
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}
