/** A signed identity for requests that go past the gateway, to a service's own socket. */
import type { Scope } from '@paycluster/contracts'
import { IDENTITY_HEADER, IdentitySigner } from '@paycluster/platform/identity/signed-identity'

/** Longer than any bench. */
const LIFETIME_S = 24 * 3600

/** @param client  the number of the client whose accounts are asked for */
export function identityHeader(clusterSecret: string, client: number, scopes: Scope[]): Record<string, string> {
  const identity = new IdentitySigner(clusterSecret).sign({
    client,
    key_id: 'bench',
    key_version: 1,
    scopes,
    limit_tier: 'peak',
    signature_required: false,
    expires_at_s: Math.floor(Date.now() / 1000) + LIFETIME_S,
  })
  return { [IDENTITY_HEADER]: identity }
}
