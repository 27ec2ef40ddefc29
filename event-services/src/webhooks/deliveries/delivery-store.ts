/** Deliveries as their client sees them. */
import type { Pool } from 'pg'
import type { DeliveryState, WebhookEventType } from '@paycluster/contracts'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Position } from '../endpoints/endpoint-store.ts'
import type { AttemptRow, DeliveryRow, FullDeliveryRow } from './delivery-row.ts'

const COLUMNS = `d.id, d.endpoint_id, e.client_id, d.event_id, d.event_type, d.state, d.attempts, d.due_at, d.created_at,
  d.finished_at`
const LIST = {
  name: 'list-deliveries',
  text: `SELECT ${COLUMNS}
         FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
         WHERE d.endpoint_id = $1 AND (d.created_at, d.id) < ($2::timestamptz, $3::uuid)
           AND ($4::webhook_delivery_state IS NULL OR d.state = $4) AND ($5::text IS NULL OR d.event_type = $5)
         ORDER BY d.created_at DESC, d.id DESC LIMIT $6`,
}
const READ = {
  name: 'read-delivery',
  text: `SELECT ${COLUMNS}, d.body
         FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
         WHERE d.id = $1 AND e.client_id = $2 AND e.deleted_at IS NULL`,
}
const READ_ATTEMPTS = {
  name: 'read-attempts',
  text: `SELECT number, started_at, duration_ms, url, address, request_headers, status, response_headers, response_body, error
         FROM webhook_attempts WHERE delivery_id = $1 ORDER BY number DESC LIMIT 50`,
}
/** One that is being sent just now is sent once more, whatever comes of that. */
const RESEND = {
  name: 'resend-delivery',
  text: `UPDATE webhook_deliveries d
         SET state = 'pending', run = d.run + 1, attempts_before = d.attempts, finished_at = NULL, due_at = clock_timestamp()
         FROM webhook_endpoints e
         WHERE d.id = $1 AND e.id = d.endpoint_id AND e.client_id = $2 AND e.deleted_at IS NULL AND e.disabled_at IS NULL
         RETURNING ${COLUMNS}`,
}

export interface DeliveryFilters {
  readonly state: DeliveryState | undefined
  readonly eventType: WebhookEventType | undefined
}

export class DeliveryStore {
  readonly #pool: Pool

  /** @param pool  to the primary, as `payments_events` */
  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** Newest first. @throws DatabaseError */
  async list(
    endpoint: string,
    { time, id }: Position,
    { state, eventType }: DeliveryFilters,
    limit: number,
  ): Promise<DeliveryRow[]> {
    const values = [endpoint, time, id, state ?? null, eventType ?? null, limit]
    return (await this.#pool.query<DeliveryRow>({ ...LIST, values })).rows
  }

  /** @throws ProblemError `not_found` (404) · DatabaseError */
  async read(id: string, client: number): Promise<{ row: FullDeliveryRow; attempts: AttemptRow[] }> {
    const { rows } = await this.#pool.query<FullDeliveryRow>({ ...READ, values: [id, client] })
    const [row] = rows
    if (row === undefined) throw noSuchDelivery()
    const attempts = await this.#pool.query<AttemptRow>({ ...READ_ATTEMPTS, values: [id] })
    return { row, attempts: attempts.rows }
  }

  /** @throws ProblemError `not_found` (404), `endpoint_disabled` (409) · DatabaseError */
  async resend(id: string, client: number): Promise<DeliveryRow> {
    const { rows } = await this.#pool.query<DeliveryRow>({ ...RESEND, values: [id, client] })
    const [row] = rows
    if (row !== undefined) return row
    await this.read(id, client)
    throw new ProblemError('endpoint_disabled', 'The endpoint is disabled: enable it, then send again.')
  }
}

export const noSuchDelivery = (): ProblemError => new ProblemError('not_found', 'There is no such webhook delivery.')
