import { createHmac } from 'node:crypto'
import { deriveKey } from '../ids/id-codec.ts'

/**
 * The secret with which a client signs its requests: derived from the cluster secret, the key's id and its version, so
 * that payment-service verifies a signature without a lookup. Shown to the client once, stored nowhere.
 */
export function signingSecret(clusterSecret: string, keyId: string, keyVersion: number): string {
  return createHmac('sha256', deriveKey(clusterSecret, 'request signatures'))
    .update(`${keyId}|${keyVersion}`)
    .digest('base64url')
}
