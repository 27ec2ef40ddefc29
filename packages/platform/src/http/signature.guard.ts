import type { CanActivate, ExecutionContext } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import { callerOf } from './caller.ts'
import { rawBodyOf } from './json-body.ts'
import { signingSecret } from '../identity/signing-secret.ts'
import { ProblemError } from '../problem-error.ts'
import { SIGNATURE_HEADER, signatureProblem, type SignatureProblem } from '../signature/request-signature.ts'

const CACHED_SECRETS = 10_000
const NO_BODY = new Uint8Array()

const DETAILS: Record<SignatureProblem, string> = {
  signature_missing: 'This key demands a signature in X-Signature.',
  signature_invalid: 'X-Signature does not match the body, the time and the key’s signing secret.',
  signature_expired: 'The time of X-Signature is more than 300 seconds away.',
}

/**
 * Checks the signature of a request whose key demands one, and every signature that is sent without demand: a client
 * that signs wants an altered body refused, and one that signs wrongly wants to know before its key demands it.
 *
 * Stands behind CallerGuard.
 */
export class SignatureGuard implements CanActivate {
  readonly #clusterSecret: string
  readonly #clock: Clock
  /** Deriving a secret takes 20 µs, checking a signature 5 µs. */
  readonly #secrets = new LRUCache<string, string>({ max: CACHED_SECRETS })

  constructor(clusterSecret: string, clock: Clock) {
    this.#clusterSecret = clusterSecret
    this.#clock = clock
  }

  /** @throws ProblemError `signature_missing`, `signature_invalid`, `signature_expired` (401) */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>()
    const { key_id, key_version, signature_required } = callerOf(request)
    const header = request.headers[SIGNATURE_HEADER]
    if (header === undefined && !signature_required) return true
    const problem = signatureProblem(
      this.#secret(key_id, key_version),
      header === undefined ? undefined : String(header),
      rawBodyOf(request) ?? NO_BODY,
      this.#clock.now() / 1000,
    )
    if (problem !== undefined) throw new ProblemError(problem, DETAILS[problem])
    return true
  }

  #secret(keyId: string, keyVersion: number): string {
    const name = `${keyId}|${keyVersion}`
    const cached = this.#secrets.get(name)
    if (cached !== undefined) return cached
    const secret = signingSecret(this.#clusterSecret, keyId, keyVersion)
    this.#secrets.set(name, secret)
    return secret
  }
}
