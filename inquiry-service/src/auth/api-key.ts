import { createHash, timingSafeEqual } from 'node:crypto'
import { keyStatusAt, LIMIT_TIERS, SCOPES, type Identity } from '@paycluster/contracts'
import { IDENTITY_LIFETIME_S } from '@paycluster/platform/identity/signed-identity'

/** A key as the ledger holds it. */
export interface ApiKeyRow {
  readonly id: string
  readonly client_id: number
  /** SHA-256 of the secret. */
  readonly secret_hash: Buffer
  readonly scopes: readonly string[]
  readonly limit_tier: string
  readonly signature_required: boolean
  readonly version: number
  readonly expires_at: string | null
  readonly revoked_at: string | null
}

/** A key as a client presents it. */
export interface PresentedKey {
  readonly id: string
  readonly secret: string
}

const AUTHORIZATION = /^Bearer +sk_test_([A-Za-z0-9]{1,64})_([\w-]{16,200})$/i

/** Reads the header Authorization; undefined when it carries no key of this form. */
export function readAuthorization(header: string | undefined): PresentedKey | undefined {
  const match = AUTHORIZATION.exec(header ?? '')
  return match === null ? undefined : { id: match[1] ?? '', secret: match[2] ?? '' }
}

/** Whether the row is of the secret that is presented: compared by its hash, in constant time. */
export const isSecretOf = (row: ApiKeyRow, { secret }: PresentedKey): boolean =>
  timingSafeEqual(createHash('sha256').update(secret).digest(), row.secret_hash)

/** Who presents the key, or undefined: wrong secret, expired or revoked. */
export function identify(row: ApiKeyRow, presented: PresentedKey, nowMs: number): Identity | undefined {
  if (!isSecretOf(row, presented)) return undefined
  const expiresAtMs = row.expires_at === null ? null : Date.parse(row.expires_at)
  const revokedAtMs = row.revoked_at === null ? null : Date.parse(row.revoked_at)
  if (keyStatusAt({ expiresAtMs, revokedAtMs }, nowMs) !== 'active') return undefined
  return {
    client: row.client_id,
    key_id: row.id,
    key_version: row.version,
    scopes: SCOPES.filter((scope) => row.scopes.includes(scope)),
    limit_tier: LIMIT_TIERS.find((tier) => tier === row.limit_tier) ?? 'sandbox',
    signature_required: row.signature_required,
    // Not past the key's own end, so that expiry takes effect at once, whatever is cached on the way.
    expires_at_s: Math.floor(Math.min(nowMs + IDENTITY_LIFETIME_S * 1000, expiresAtMs ?? Infinity) / 1000),
  }
}
