import { CompactEncrypt, importJWK, type CryptoKey, type JWK } from 'jose'
import { z } from 'zod'
import { cardSchema, type CardDetails } from '@paycluster/contracts'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { CardVault, TokenizedCard } from './card-vault.ts'

export interface HttpCardVaultOptions {
  readonly url: string
  readonly apiKey: string
  /** For one request. */
  readonly timeoutMs: number
}

const ALGORITHM = 'ECDH-ES+A256KW'
const ENCRYPTION = 'A256GCM'
const RETRY_AFTER_S = 1

const tokenSchema = cardSchema.extend({ token: z.string().min(1).max(200) })
const problemSchema = z.looseObject({ code: z.string() })
/** `kid` changes with the vault's key. */
const jwkSchema = z.looseObject({ kty: z.string(), kid: z.string().optional() })

interface VaultKey {
  readonly key: CryptoKey | Uint8Array
  readonly kid: string | undefined
}

/** A vault over HTTP that takes cards as JWE (RFC 7516), encrypted for its public key. */
export class HttpCardVault implements CardVault {
  readonly #options: HttpCardVaultOptions
  #key: Promise<VaultKey> | undefined

  constructor(options: HttpCardVaultOptions) {
    this.#options = options
  }

  async tokenize(card: CardDetails, key: string): Promise<TokenizedCard> {
    const response = await this.#ask('/v1/card-tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ encrypted_card: await this.#encrypt(card) }),
    })
    if (response.status >= 500 || response.status === 429) throw away()
    if (response.status === 422 && (await codeOf(response)) === 'idempotency_key_reused')
      throw new ProblemError('idempotency_key_reused', 'This Idempotency-Key was used with another card.')
    if (!response.ok) {
      // It may have another key now.
      this.#key = undefined
      throw new ProblemError('validation_failed', 'The card was not taken.', {
        errors: [{ pointer: '/card', code: 'card_not_taken', detail: 'is not taken by the vault' }],
      })
    }
    const parsed = tokenSchema.safeParse(await response.json().catch(() => undefined))
    if (!parsed.success) throw away()
    return parsed.data
  }

  async #encrypt(card: CardDetails): Promise<string> {
    const { key, kid } = await this.#vaultKey()
    return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(card)))
      .setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION, ...(kid === undefined ? {} : { kid }) })
      .encrypt(key)
  }

  /** Asked for once; again after it was refused, or did not come. */
  async #vaultKey(): Promise<VaultKey> {
    this.#key ??= this.#readKey()
    try {
      return await this.#key
    } catch (error) {
      this.#key = undefined
      throw error
    }
  }

  async #readKey(): Promise<VaultKey> {
    const response = await this.#ask('/v1/card-encryption-key', { method: 'GET', headers: {} })
    const parsed = jwkSchema.safeParse(response.ok ? await response.json().catch(() => undefined) : undefined)
    if (!parsed.success) throw away()
    return { key: await importJWK(parsed.data as JWK, ALGORITHM), kid: parsed.data.kid }
  }

  async #ask(path: string, request: { method: string; headers: Record<string, string>; body?: string }) {
    const { url, apiKey, timeoutMs } = this.#options
    try {
      return await fetch(url + path, {
        ...request,
        headers: { ...request.headers, authorization: `Bearer ${apiKey}` },
        signal: AbortSignal.timeout(timeoutMs),
      })
    } catch (cause) {
      throw away(cause)
    }
  }
}

async function codeOf(response: Response): Promise<unknown> {
  return problemSchema.safeParse(await response.json().catch(() => undefined)).data?.code
}

const away = (cause?: unknown): ProblemError =>
  new ProblemError('unavailable', 'The card vault does not answer: nothing was charged.', {
    retryAfterS: RETRY_AFTER_S,
    ...(cause === undefined ? {} : { cause }),
  })
