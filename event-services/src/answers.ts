/** How event-services answers. What it reads is at the primary: never older than the last change. */
import { hash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { isMatch } from '@paycluster/platform/http/if-none-match'

const DIGEST_LENGTH = 22

/** Sends what is read, or 304 when the client has it. */
export function answerCurrent(reply: FastifyReply, value: unknown): void {
  const body = JSON.stringify(value)
  const etag = `"${hash('sha256', body, 'base64url').slice(0, DIGEST_LENGTH)}"`
  reply.headers({
    'x-data-source': 'primary',
    'x-as-of': new Date().toISOString(),
    etag,
    'cache-control': 'private, no-cache',
  })
  const condition = reply.request.headers['if-none-match']
  if (condition !== undefined && isMatch(condition, etag)) void reply.status(304).send()
  else answerJson(reply, 200, body)
}

/** Sends a secret, which nobody on the way may keep. @param body  JSON */
export function answerSecret(reply: FastifyReply, status: number, body: string): void {
  reply.header('cache-control', 'no-store')
  answerJson(reply, status, body)
}

/** @param body  JSON */
export function answerJson(reply: FastifyReply, status: number, body: string): void {
  void reply.status(status).header('content-type', 'application/json; charset=utf-8').send(body)
}
