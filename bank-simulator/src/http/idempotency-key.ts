import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { BankProblem } from './bank-problem.ts'

export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { error: 'must be 1 to 255 visible ASCII characters' })

/** @throws BankProblem `idempotency_key_missing`, `idempotency_key_invalid` (400) */
export function idempotencyKeyOf({ headers }: FastifyRequest): string {
  const key = headers['idempotency-key']
  if (key === undefined) throw new BankProblem('idempotency_key_missing', 'Send an Idempotency-Key header.')
  const parsed = idempotencyKeySchema.safeParse(key)
  if (!parsed.success)
    throw new BankProblem('idempotency_key_invalid', 'The Idempotency-Key must be 1 to 255 visible ASCII characters.')
  return parsed.data
}

/** What two bodies are told apart by: SHA-256 of their fields in a fixed order. */
export const fingerprintOf = (...fields: readonly (string | number | null)[]): string =>
  createHash('sha256').update(JSON.stringify(fields)).digest('base64url')
