import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { BankProblem } from './bank-problem.ts'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** A check of `Authorization: Bearer`. @throws BankProblem `unauthorized` (401) */
export function apiKeyCheck(apiKey: string): (request: FastifyRequest) => void {
  const expected = digest(`Bearer ${apiKey}`)
  return ({ headers }) => {
    // Digests are of one length, and tell nothing of where two keys differ.
    if (!timingSafeEqual(digest(headers.authorization ?? ''), expected))
      throw new BankProblem('unauthorized', 'Send the API key as Authorization: Bearer.')
  }
}
