/** API keys. The ledger has the hash of a secret; the secret itself is in one answer, and nowhere else. */
import { z } from 'zod'
import { clientIdSchema } from './clients.ts'
import { LIMIT_TIERS, SCOPES } from './identity.ts'
import { textSchema, timeSchema } from './text.ts'

const KEY_ID_PATTERN = /^[A-Za-z0-9]{1,64}$/

export const keyIdSchema = z.string().regex(KEY_ID_PATTERN).meta({
  id: 'KeyId',
  description: 'Id of a key: the part of `sk_test_<id>_<secret>` that is no secret',
  example: '4v8m2c0d5ra7',
})

/** Body of `POST /v1/ops/keys`. */
export const createKeySchema = z
  .strictObject({
    client_id: clientIdSchema,
    scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length).meta({ description: 'What the key may do' }),
    expires_at: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: 'When the key stops working, in the future; never by default' }),
    signature_required: z.boolean().default(false).meta({ description: 'Whether every write has to be signed' }),
    limit_tier: z.enum(LIMIT_TIERS).default('standard').meta({ description: 'How many requests a second it may make' }),
  })
  .meta({ id: 'CreateKey', description: 'A key to make' })
export type CreateKey = z.infer<typeof createKeySchema>
/** As a client writes it. */
export type CreateKeyBody = z.input<typeof createKeySchema>

/** Body of `POST /v1/ops/keys/{id}/rotate`. */
export const rotateKeySchema = z.strictObject({}).meta({ id: 'RotateKey', description: 'Nothing is to be said' })

/** Body of `POST /v1/ops/keys/{id}/revoke`. */
export const revokeKeySchema = z
  .strictObject({ reason: textSchema(500).optional() })
  .meta({ id: 'RevokeKey', description: 'Why a key is revoked', examples: [{ reason: 'Found in a repository' }] })
export type RevokeKey = z.infer<typeof revokeKeySchema>

export const KEY_STATUSES = ['active', 'expired', 'revoked'] as const

const keyFields = {
  id: keyIdSchema,
  client_id: clientIdSchema,
  scopes: z.array(z.enum(SCOPES)),
  limit_tier: z.enum(LIMIT_TIERS),
  signature_required: z.boolean(),
  status: z.enum(KEY_STATUSES),
  version: z.int().meta({ description: 'Counts the secrets that the key has had' }),
  created_at: timeSchema,
  expires_at: timeSchema.nullable(),
  revoked_at: timeSchema.nullable(),
}

export const keySchema = z
  .object(keyFields)
  .meta({ id: 'Key', description: 'A key as its operators see it: without its secret' })
export type Key = z.infer<typeof keySchema>

const secretFields = {
  api_key: z
    .string()
    .nullable()
    .meta({ description: 'For `Authorization: Bearer`; null in an answer that comes again' }),
  signing_secret: z.string().nullable().meta({ description: 'For `X-Signature`; null where it cannot be shown' }),
  notice: z.string().meta({ description: 'What there is to know about the secrets' }),
}

export const issuedKeySchema = z
  .object({ ...keyFields, ...secretFields })
  .meta({ id: 'IssuedKey', description: 'A key with its new secrets, which are shown this once' })
export type IssuedKey = z.infer<typeof issuedKeySchema>

/** The 202 of a key that will be made, or will have another secret. */
export const queuedKeySchema = z
  .object({ id: keyIdSchema, status: z.literal('queued'), ...secretFields })
  .meta({ id: 'QueuedKey', description: 'A key whose secrets will work once they are in the ledger' })
export type QueuedKey = z.infer<typeof queuedKeySchema>

/** The 202 of a revocation. */
export const queuedRevocationSchema = z
  .object({ id: keyIdSchema, status: z.literal('queued') })
  .meta({ id: 'QueuedRevocation', description: 'A key that will be revoked' })
export type QueuedRevocation = z.infer<typeof queuedRevocationSchema>

/** What of a key decides its status; times in milliseconds of the epoch. */
interface KeyLife {
  readonly expiresAtMs: number | null
  readonly revokedAtMs: number | null
}

/** A revoked key is revoked, whatever a clock says; one that expires is expired from that very time on. */
export function keyStatusAt({ expiresAtMs, revokedAtMs }: KeyLife, nowMs: number): Key['status'] {
  if (revokedAtMs !== null) return 'revoked'
  return expiresAtMs !== null && expiresAtMs <= nowMs ? 'expired' : 'active'
}
