import { z } from 'zod'

export const SCOPES = ['payments:write', 'payments:read', 'ops'] as const
export type Scope = (typeof SCOPES)[number]

/** The gateway's limits per key: requests a second by tier, see gateway/README.md. */
export const LIMIT_TIERS = ['sandbox', 'standard', 'high', 'peak'] as const
export type LimitTier = (typeof LIMIT_TIERS)[number]

/** Who calls, as inquiry-service found it out and signed it for the other services. */
export const identitySchema = z.object({
  /** Client number. */
  client: z.int().positive(),
  key_id: z.string(),
  /** Counts rotations of the key's signing secret. */
  key_version: z.int().positive(),
  scopes: z.array(z.enum(SCOPES)),
  limit_tier: z.enum(LIMIT_TIERS),
  signature_required: z.boolean(),
  /** When this identity stops being valid, in seconds of the epoch. */
  expires_at_s: z.int(),
})
export type Identity = z.infer<typeof identitySchema>
