/** Silences in the table. */
import type { Pool } from 'pg'
import type { CreateSilence, Identity, SilenceState } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { AlertBook } from '../book/alert-book.ts'
import type { Position } from '../position.ts'
import { toSilence, type SilenceRow } from './silence-row.ts'

const FIND = { name: 'find-silence', text: 'SELECT * FROM alert_silences WHERE id = $1' }
const INSERT = {
  name: 'insert-silence',
  text: `INSERT INTO alert_silences
           (id, rule, severity, labels, reason, until, created_at, created_by_client_id, created_by_key_id, fingerprint)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING *`,
}
const END = {
  name: 'end-silence',
  text: 'UPDATE alert_silences SET until = $2 WHERE id = $1 AND until > $2 RETURNING *',
}
const LIST = {
  name: 'list-silences',
  text: `SELECT * FROM alert_silences
         WHERE (created_at, id) < ($1::timestamptz, $2::uuid)
           AND ($3::text IS NULL OR ($3 = 'active') = (until > clock_timestamp()))
         ORDER BY created_at DESC, id DESC LIMIT $4`,
}

export interface NewSilence extends CreateSilence {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly by: Identity
  /** Of the body. */
  readonly fingerprint: string
}

export interface SilenceStoreParts {
  /** To the primary, as `payments_events`. */
  readonly pool: Pool
  readonly book: AlertBook
  readonly ids: IdCodec
}

export class SilenceStore {
  readonly #parts: SilenceStoreParts

  constructor(parts: SilenceStoreParts) {
    this.#parts = parts
  }

  /** @throws ProblemError `idempotency_key_reused` (422) · DatabaseError */
  async create(silence: NewSilence): Promise<{ readonly row: SilenceRow; readonly isReplay: boolean }> {
    const { id, by, matcher, until, reason } = silence
    const fingerprint = Buffer.from(silence.fingerprint, 'hex')
    return this.#parts.book.inTurn(async (turn) => {
      const found = (await turn.client.query<SilenceRow>({ ...FIND, values: [id] })).rows[0]
      if (found !== undefined) {
        if (!found.fingerprint.equals(fingerprint))
          throw new ProblemError('idempotency_key_reused', 'The Idempotency-Key stands for another silence.')
        return { row: found, isReplay: true }
      }
      const values = [
        ...[id, matcher.rule ?? null, matcher.severity ?? null, JSON.stringify(matcher.labels ?? {}), reason],
        ...[isoTime(Date.parse(until)), isoTime(turn.nowMs), by.client, by.key_id, fingerprint],
      ]
      const row = (await turn.client.query<SilenceRow>({ ...INSERT, values })).rows[0]
      if (row === undefined) throw new Error('an insert without a row')
      const shown = toSilence(this.#parts.ids, row, turn.nowMs)
      await turn.publish(`${shown.id}.1`, 'silence.created', shown.id, { silence: shown, asked_by: askedBy(by) })
      return { row, isReplay: false }
    })
  }

  /** What it kept from being told is due at the next look. @throws ProblemError `not_found` (404) · DatabaseError */
  async end(id: string, by: Identity): Promise<void> {
    await this.#parts.book.inTurn(async (turn) => {
      const { rows } = await turn.client.query<SilenceRow>({ ...END, values: [id, isoTime(turn.nowMs)] })
      const [row] = rows
      if (row === undefined) {
        const found = await turn.client.query({ ...FIND, values: [id] })
        if (found.rowCount === 0) throwNoSilence()
        return
      }
      const shown = toSilence(this.#parts.ids, row, turn.nowMs)
      await turn.publish(`${shown.id}.2`, 'silence.ended', shown.id, { silence: shown, asked_by: askedBy(by) })
      await turn.giveNotices()
    })
  }

  /** Newest first. @throws DatabaseError */
  async list({ time, id }: Position, state: SilenceState | undefined, limit: number): Promise<SilenceRow[]> {
    return (await this.#parts.pool.query<SilenceRow>({ ...LIST, values: [time, id, state ?? null, limit] })).rows
  }
}

const askedBy = ({ client, key_id }: Identity) => ({ client_id: client, key_id })

export function throwNoSilence(): never {
  throw new ProblemError('not_found', 'There is no such silence.')
}
