import type {
  DeliveryState,
  FullWebhookDelivery,
  WebhookAttempt,
  WebhookDelivery,
  WebhookEventType,
} from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { toIso, toIsoOrNull } from '../endpoints/endpoint-row.ts'

/** A delivery as the table has it, with its endpoint's client. */
export interface DeliveryRow {
  readonly id: string
  readonly endpoint_id: string
  readonly client_id: number
  readonly event_id: string
  readonly event_type: WebhookEventType
  readonly state: DeliveryState
  readonly attempts: number
  readonly due_at: Date
  readonly created_at: Date
  readonly finished_at: Date | null
}

export interface FullDeliveryRow extends DeliveryRow {
  readonly body: string
}

export interface AttemptRow extends Omit<WebhookAttempt, 'started_at'> {
  readonly started_at: Date
}

export function toDelivery(ids: IdCodec, row: DeliveryRow): WebhookDelivery {
  return {
    id: ids.fromUuid('whd', row.id, row.client_id),
    endpoint_id: ids.fromUuid('whe', row.endpoint_id, row.client_id),
    event_id: row.event_id,
    event_type: row.event_type,
    state: row.state,
    attempts: row.attempts,
    created_at: toIso(row.created_at),
    next_attempt_at: row.state === 'pending' ? toIso(row.due_at) : null,
    finished_at: toIsoOrNull(row.finished_at),
  }
}

export function toFullDelivery(
  ids: IdCodec,
  row: FullDeliveryRow,
  attempts: readonly AttemptRow[],
): FullWebhookDelivery {
  return {
    ...toDelivery(ids, row),
    body: row.body,
    history: attempts.map((attempt) => ({ ...attempt, started_at: toIso(attempt.started_at) })),
  }
}
