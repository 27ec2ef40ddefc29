import type { DisabledReason, WebhookEndpoint, WebhookEventType } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import type { OldSecret, SecretState } from './webhook-secrets.ts'

/** An endpoint as the table has it. */
export interface EndpointRow {
  /** As PostgreSQL writes a uuid. */
  readonly id: string
  readonly client_id: number
  readonly url: string
  readonly events: readonly WebhookEventType[] | null
  readonly description: string | null
  readonly disabled_at: Date | null
  readonly disabled_reason: DisabledReason | null
  readonly failing_since: Date | null
  readonly secret_version: number
  readonly old_secrets: readonly OldSecret[]
  readonly fingerprint: Buffer
  readonly version: number
  readonly created_at: Date
  readonly deleted_at: Date | null
}

export const toIso = (time: Date): string => isoTime(time.getTime())
export const toIsoOrNull = (time: Date | null): string | null => (time === null ? null : toIso(time))

export function toEndpoint(ids: IdCodec, row: EndpointRow): WebhookEndpoint {
  const { disabled_at, disabled_reason } = row
  return {
    id: ids.fromUuid('whe', row.id, row.client_id),
    url: row.url,
    events: row.events === null ? null : [...row.events],
    description: row.description,
    enabled: disabled_at === null,
    disabled:
      disabled_at === null || disabled_reason === null ? null : { at: toIso(disabled_at), reason: disabled_reason },
    failing_since: toIsoOrNull(row.failing_since),
    secret_version: row.secret_version,
    created_at: toIso(row.created_at),
    version: row.version,
  }
}

const HYPHENS = /-/g
export const toHex = (uuid: string): string => uuid.replace(HYPHENS, '')

export const secretsOf = (row: Pick<EndpointRow, 'id' | 'secret_version' | 'old_secrets'>): SecretState => ({
  id: toHex(row.id),
  secretVersion: row.secret_version,
  oldSecrets: row.old_secrets,
})
