import { createHmac, type KeyObject } from 'node:crypto'
import type { WebhookSecret } from '@paycluster/contracts'
import { deriveKey } from '@paycluster/platform/ids/id-codec'

/** A secret that signs beside its successor, and until when. */
export interface OldSecret {
  readonly version: number
  /** RFC 3339 in UTC with milliseconds. */
  readonly until: string
}

/** What of an endpoint says how its messages are signed. */
export interface SecretState {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly secretVersion: number
  readonly oldSecrets: readonly OldSecret[]
}

/** The secrets of endpoints: derived from the cluster's, the endpoint and the version. Stored nowhere. */
export class WebhookSecrets {
  readonly #key: KeyObject

  constructor(clusterSecret: string) {
    this.#key = deriveKey(clusterSecret, 'webhook secrets')
  }

  /** `whsec_…` of 256 bits. */
  secret(endpoint: string, version: number): string {
    return `whsec_${createHmac('sha256', this.#key).update(`${endpoint}|${version}`).digest('base64')}`
  }

  /** The newest, and those that sign beside it at a time. */
  all({ id, secretVersion, oldSecrets }: SecretState, nowMs: number): WebhookSecret {
    return {
      secret: this.secret(id, secretVersion),
      version: secretVersion,
      also_signed_by: validAt(oldSecrets, nowMs).map(({ version, until }) => ({
        secret: this.secret(id, version),
        version,
        until,
      })),
    }
  }
}

export const validAt = (secrets: readonly OldSecret[], nowMs: number): OldSecret[] =>
  secrets.filter(({ until }) => Date.parse(until) > nowMs)
