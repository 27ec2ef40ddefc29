/** The endpoints in the ledger's database. */
import type { Pool, PoolClient } from 'pg'
import { MAX_WEBHOOK_ENDPOINTS, type CreateWebhookEndpoint, type UpdateWebhookEndpoint } from '@paycluster/contracts'
import { inTransaction } from '@paycluster/platform/postgres/in-transaction'
import { ProblemError } from '@paycluster/platform/problem-error'
import { cancelDeliveries } from '../deliveries/cancel-deliveries.ts'
import type { EndpointRow } from './endpoint-row.ts'
import { validAt, type OldSecret } from './webhook-secrets.ts'

/** Of all advisory locks in the database those of clients whose endpoints are counted. */
const LOCK_CLIENT = { name: 'lock-webhook-client', text: 'SELECT pg_advisory_xact_lock(4113018, $1)' }
const COUNT = {
  name: 'count-endpoints',
  text: 'SELECT count(*)::int AS count FROM webhook_endpoints WHERE client_id = $1 AND deleted_at IS NULL',
}
const INSERT = {
  name: 'insert-endpoint',
  text: `INSERT INTO webhook_endpoints (id, client_id, url, events, description, fingerprint)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING *`,
}
const FIND = { name: 'find-endpoint', text: 'SELECT * FROM webhook_endpoints WHERE id = $1' }
const READ = {
  name: 'read-endpoint',
  text: 'SELECT * FROM webhook_endpoints WHERE id = $1 AND client_id = $2 AND deleted_at IS NULL',
}
const LOCK = {
  name: 'lock-endpoint',
  text: 'SELECT * FROM webhook_endpoints WHERE id = $1 AND client_id = $2 AND deleted_at IS NULL FOR UPDATE',
}
const LIST = {
  name: 'list-endpoints',
  text: `SELECT * FROM webhook_endpoints
         WHERE client_id = $1 AND deleted_at IS NULL AND (created_at, id) < ($2::timestamptz, $3::uuid)
         ORDER BY created_at DESC, id DESC LIMIT $4`,
}
const UPDATE = {
  name: 'update-endpoint',
  text: `UPDATE webhook_endpoints
         SET url = $2, events = $3, description = $4, version = version + 1,
           disabled_at = CASE WHEN $5 THEN NULL ELSE coalesce(disabled_at, clock_timestamp()) END,
           disabled_reason = CASE WHEN $5 THEN NULL ELSE coalesce(disabled_reason, 'client') END,
           failing_since = CASE WHEN $6 THEN NULL ELSE failing_since END
         WHERE id = $1 RETURNING *`,
}
const ROTATE = {
  name: 'rotate-secret',
  text: `UPDATE webhook_endpoints SET secret_version = secret_version + 1, old_secrets = $2, version = version + 1
         WHERE id = $1 RETURNING *`,
}
const DELETE = {
  name: 'delete-endpoint',
  text: `UPDATE webhook_endpoints SET deleted_at = clock_timestamp(), version = version + 1 WHERE id = $1`,
}

/** Secrets that sign beside the newest one. */
const MAX_OLD_SECRETS = 3

export interface NewEndpoint extends CreateWebhookEndpoint {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly client: number
  /** Of the body. */
  readonly fingerprint: string
}

export interface MadeEndpoint {
  readonly row: EndpointRow
  /** The Idempotency-Key had made it before. */
  readonly isReplay: boolean
}

/** Below what a page of a list lies. */
export interface Position {
  readonly time: string
  readonly id: string
}
export const NEWEST: Position = { time: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }

export class EndpointStore {
  readonly #pool: Pool

  /** @param pool  to the primary, as `payments_events` */
  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** @throws ProblemError `too_many_endpoints` (409), `idempotency_key_reused` (422) · DatabaseError */
  async create({ id, client, url, events, description, fingerprint }: NewEndpoint): Promise<MadeEndpoint> {
    return inTransaction(this.#pool, async (connection) => {
      await connection.query({ ...LOCK_CLIENT, values: [client] })
      const found = (await connection.query<EndpointRow>({ ...FIND, values: [id] })).rows[0]
      if (found !== undefined) {
        if (found.deleted_at !== null || !found.fingerprint.equals(Buffer.from(fingerprint, 'hex')))
          throw new ProblemError('idempotency_key_reused', 'The Idempotency-Key stands for another endpoint.')
        return { row: found, isReplay: true }
      }
      const { rows } = await connection.query<{ count: number }>({ ...COUNT, values: [client] })
      if ((rows[0]?.count ?? 0) >= MAX_WEBHOOK_ENDPOINTS)
        throw new ProblemError('too_many_endpoints', `A client may have ${MAX_WEBHOOK_ENDPOINTS} endpoints.`)
      const values = [id, client, url, events ?? null, description ?? null, Buffer.from(fingerprint, 'hex')]
      const made = (await connection.query<EndpointRow>({ ...INSERT, values })).rows[0]
      if (made === undefined) throw new Error('an insert without a row')
      return { row: made, isReplay: false }
    })
  }

  /** @throws ProblemError `not_found` (404) · DatabaseError */
  async read(id: string, client: number): Promise<EndpointRow> {
    const { rows } = await this.#pool.query<EndpointRow>({ ...READ, values: [id, client] })
    return rows[0] ?? throwNotFound()
  }

  /** Newest first. @throws DatabaseError */
  async list(client: number, { time, id }: Position, limit: number): Promise<EndpointRow[]> {
    return (await this.#pool.query<EndpointRow>({ ...LIST, values: [client, time, id, limit] })).rows
  }

  /** Disabled, its deliveries that wait are canceled. @throws ProblemError `not_found` (404) · DatabaseError */
  async update(id: string, client: number, update: UpdateWebhookEndpoint): Promise<EndpointRow> {
    return inTransaction(this.#pool, async (connection) => {
      const row = await lock(connection, id, client)
      const isEnabled = update.enabled ?? row.disabled_at === null
      const isMended = update.url !== undefined || (isEnabled && row.disabled_at !== null)
      const values = [
        id,
        update.url ?? row.url,
        update.events === undefined ? row.events : update.events,
        update.description === undefined ? row.description : update.description,
        isEnabled,
        isMended,
      ]
      const { rows } = await connection.query<EndpointRow>({ ...UPDATE, values })
      if (!isEnabled) await cancelDeliveries(connection, [id])
      return rows[0] ?? throwNotFound()
    })
  }

  /**
   * @param until  when what signed so far stops signing
   * @throws ProblemError `not_found` (404), `too_many_secrets` (409) · DatabaseError
   */
  async rotateSecret(id: string, client: number, nowMs: number, until: string): Promise<EndpointRow> {
    return inTransaction(this.#pool, async (connection) => {
      const row = await lock(connection, id, client)
      const old: OldSecret[] = [{ version: row.secret_version, until }, ...validAt(row.old_secrets, nowMs)]
      if (old.length > MAX_OLD_SECRETS)
        throw new ProblemError('too_many_secrets', `${MAX_OLD_SECRETS} old secrets sign still: wait for one to end.`)
      const { rows } = await connection.query<EndpointRow>({ ...ROTATE, values: [id, JSON.stringify(old)] })
      return rows[0] ?? throwNotFound()
    })
  }

  /** @throws ProblemError `not_found` (404) · DatabaseError */
  async delete(id: string, client: number): Promise<void> {
    await inTransaction(this.#pool, async (connection) => {
      await lock(connection, id, client)
      await connection.query({ ...DELETE, values: [id] })
      await cancelDeliveries(connection, [id])
    })
  }
}

async function lock(connection: PoolClient, id: string, client: number): Promise<EndpointRow> {
  const { rows } = await connection.query<EndpointRow>({ ...LOCK, values: [id, client] })
  return rows[0] ?? throwNotFound()
}

function throwNotFound(): never {
  throw new ProblemError('not_found', 'There is no such webhook endpoint.')
}
