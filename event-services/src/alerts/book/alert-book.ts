/**
 * Keeps alerts: what was seen is decided upon and written, with who is to be told and what is to be published, in the
 * transaction of whoever saw it.
 */
import { randomUUID } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { ALERTS_SOURCE, type Alert, type AlertChannel, type AlertNotice, type Identity } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import { inTransaction } from '@paycluster/platform/postgres/in-transaction'
import type { AlertMetrics } from '../alert-metrics.ts'
import { newestOf } from '../counting/window.ts'
import { formatDuration } from '../rules/duration.ts'
import type { Rule } from '../rules/rule.ts'
import { summaryOf } from '../rules/summary.ts'
import { matches, type SilenceRow } from '../silences/silence-row.ts'
import { toAlert, toAlertId, toIso, type AlertRow } from './alert-row.ts'
import { decide, type OpenState } from './decide.ts'
import { nextNoticeAtMs, noticeOf } from './notices.ts'
import type { Sighting } from './sighting.ts'
import {
  ACKNOWLEDGE,
  DELETE_PENDING,
  INSERT_ALERT,
  INSERT_EVENT,
  INSERT_NOTIFICATIONS,
  LOCK,
  READ_OPEN,
  READ_SILENCES,
  READ_TIME,
  READ_TOLD,
  RESOLVE,
  SET_NOTICE,
  UPDATE_ALERT,
} from './statements.ts'

/** Groups of a rule that are open at once. What comes beyond them is one more alert, of all others. */
export const MAX_OPEN_OF_RULE = 100
/** The group of all others: no labels make it. */
export const OTHERS = 'others'

export interface AlertBookParts {
  /** To the primary, as `payments_events`. */
  readonly pool: Pool
  readonly ids: IdCodec
  /** Channels that are configured. */
  readonly channels: ReadonlySet<AlertChannel>
  readonly metrics: AlertMetrics
}

export class AlertBook {
  readonly #parts: AlertBookParts

  constructor(parts: AlertBookParts) {
    this.#parts = parts
  }

  /**
   * Does what needs alerts to hold still: of all processes one at a time.
   *
   * @throws what `work` throws, and what the database does: nothing of it is done then, or, where the connection was lost
   * at its end, all of it may be
   */
  async inTurn<T>(work: (turn: AlertTurn) => Promise<T>): Promise<T> {
    const { result, turn } = await inTransaction(this.#parts.pool, async (client) => {
      // A statement of its own: what follows must see what the last holder has committed.
      await client.query(LOCK)
      const { rows } = await client.query<{ now_ms: number }>(READ_TIME)
      const turn = new AlertTurn(this.#parts, client, Math.round(rows[0]?.now_ms ?? Date.now()))
      return { result: await work(turn), turn }
    })
    turn.count()
    return result
  }
}

/** What holds as it did is not written again at every look. */
const isChange = (row: AlertRow, { added, seen, value }: Sighting, overSinceMs: number | null): boolean =>
  added > 0 ||
  (row.over_since?.getTime() ?? null) !== overSinceMs ||
  (seen.holds && (row.value !== value || seen.sinceMs < row.holds_since.getTime()))

const keyOf = (rule: string, groupKey: string): string => `${rule} ${groupKey}`

/** Who has the turn: everything is as of one time, and of one state. */
export class AlertTurn {
  readonly client: PoolClient
  /** The primary's clock, in milliseconds of the epoch. */
  readonly nowMs: number
  readonly #parts: AlertBookParts
  #open: Map<string, AlertRow> | undefined
  #silences: readonly SilenceRow[] | undefined
  #raised = 0
  #resolved = 0
  #notifications = 0

  constructor(parts: AlertBookParts, client: PoolClient, nowMs: number) {
    this.#parts = parts
    this.client = client
    this.nowMs = nowMs
  }

  /** Whether there is anything to tell or to publish. */
  get hasNews(): boolean {
    return this.#raised + this.#resolved + this.#notifications > 0
  }

  /** Once it is committed. */
  count(): void {
    this.#parts.metrics.changed(this.#raised, this.#resolved, this.#notifications)
  }

  /** All that are not resolved. @throws DatabaseError */
  async open(): Promise<ReadonlyMap<string, AlertRow>> {
    return this.#opened()
  }

  /** @throws DatabaseError */
  async silences(): Promise<readonly SilenceRow[]> {
    this.#silences ??= (await this.client.query<SilenceRow>(READ_SILENCES)).rows
    return this.#silences
  }

  /** @throws DatabaseError */
  async find(rule: string, groupKey: string): Promise<AlertRow | undefined> {
    return (await this.#opened()).get(keyOf(rule, groupKey))
  }

  /** Writes down what becomes of what was seen. @throws DatabaseError */
  async see(sighting: Sighting): Promise<void> {
    const { rule, groupKey, seen } = sighting
    const row = await this.find(rule.name, groupKey)
    const decision = decide(rule, row === undefined ? undefined : stateOf(row), seen)
    switch (decision.kind) {
      case 'none':
        return
      case 'begin':
      case 'fire':
        if (row !== undefined) await this.#update(row, sighting, null, true)
        else if (groupKey !== OTHERS && (await this.#isFull(rule.name)))
          await this.see({ ...sighting, groupKey: OTHERS, labels: {} })
        else await this.#insert(sighting, decision.kind === 'fire')
        return
      case 'update':
        if (row !== undefined && isChange(row, sighting, decision.overSinceMs))
          await this.#update(row, sighting, decision.overSinceMs, false)
        return
      case 'drop':
        if (row !== undefined) await this.#drop(row)
        return
      case 'resolve':
        if (row !== undefined) await this.resolve(row)
    }
  }

  /** @throws DatabaseError */
  async resolve(row: AlertRow): Promise<void> {
    if (row.state === 'pending') {
      await this.#drop(row)
      return
    }
    const resolved = one(await this.client.query<AlertRow>({ ...RESOLVE, values: [row.id, isoTime(this.nowMs)] }))
    ;(await this.#opened()).delete(keyOf(row.rule, row.group_key))
    this.#resolved += 1
    await this.#publish('alert.resolved', resolved)
    if (await this.#isSilenced(resolved)) return
    // Whoever was told that it began is told that it is over.
    const { rows } = await this.client.query<{ channel: AlertChannel }>({ ...READ_TOLD, values: [row.id] })
    await this.#notify(
      resolved,
      resolved.notices,
      'resolved',
      rows.map(({ channel }) => channel),
    )
  }

  /** Gives every notice that is due and not silenced. @throws DatabaseError */
  async giveNotices(): Promise<void> {
    const due = [...(await this.#opened()).values()].filter(
      ({ next_notice_at }) => next_notice_at !== null && next_notice_at.getTime() <= this.nowMs,
    )
    for (const row of due) await this.#giveNotice(row)
  }

  /** @returns undefined for one that is not firing @throws DatabaseError */
  async acknowledge(id: string, by: Identity, comment: string | undefined): Promise<Alert | undefined> {
    const values = [id, isoTime(this.nowMs), by.client, by.key_id, comment ?? null]
    const { rows } = await this.client.query<AlertRow>({ ...ACKNOWLEDGE, values })
    const [row] = rows
    if (row === undefined) return undefined
    await this.#publish('alert.acknowledged', row, { asked_by: { client_id: by.client, key_id: by.key_id } })
    return this.#shown(row)
  }

  /** Has an event published once this is committed. @throws DatabaseError */
  async publish(id: string, type: string, subject: string, data: object): Promise<void> {
    const body = JSON.stringify({
      specversion: '1.0',
      id,
      source: ALERTS_SOURCE,
      type,
      subject,
      time: isoTime(this.nowMs),
      datacontenttype: 'application/json',
      data,
    })
    await this.client.query({ ...INSERT_EVENT, values: [id, subject, body] })
  }

  async #opened(): Promise<Map<string, AlertRow>> {
    if (this.#open !== undefined) return this.#open
    const { rows } = await this.client.query<AlertRow>(READ_OPEN)
    this.#open = new Map(rows.map((row) => [keyOf(row.rule, row.group_key), row]))
    return this.#open
  }

  async #isFull(rule: string): Promise<boolean> {
    let count = 0
    for (const row of (await this.#opened()).values()) if (row.rule === rule) count += 1
    return count >= MAX_OPEN_OF_RULE
  }

  async #insert(sighting: Sighting, isFiring: boolean): Promise<void> {
    const { rule, groupKey, labels, seen, value, count, evidence, firstAtMs, lastAtMs } = sighting
    const values = [
      ...[randomUUID(), rule.name, groupKey, JSON.stringify(labels), rule.severity, isFiring ? 'firing' : 'pending'],
      ...[summary(sighting, count), value, count, JSON.stringify(evidence)],
      ...[isoTime(firstAtMs), isoTime(lastAtMs), isoTime(seen.sinceMs), isFiring ? isoTime(this.nowMs) : null],
      ...[JSON.stringify(rule.escalation), rule.repeat === null ? null : JSON.stringify(rule.repeat)],
    ]
    const row = one(await this.client.query<AlertRow>({ ...INSERT_ALERT, values }))
    ;(await this.#opened()).set(keyOf(rule.name, groupKey), row)
    if (isFiring) await this.#fired(row)
  }

  async #update(row: AlertRow, sighting: Sighting, overSinceMs: number | null, isFiring: boolean): Promise<void> {
    const { rule, groupKey, seen, value, added, evidence, lastAtMs } = sighting
    const count = row.count + added
    const values = [
      row.id,
      // What is over is shown as it was.
      seen.holds ? summary(sighting, count) : row.summary,
      seen.holds ? value : row.value,
      count,
      JSON.stringify(added > 0 ? newestOf([...evidence, ...row.evidence]) : row.evidence),
      isoTime(Math.max(row.last_at.getTime(), added > 0 ? lastAtMs : 0)),
      overSinceMs === null ? null : isoTime(overSinceMs),
      isoTime(Math.min(row.holds_since.getTime(), seen.holds ? seen.sinceMs : Infinity)),
      isFiring ? isoTime(this.nowMs) : null,
    ]
    const updated = one(await this.client.query<AlertRow>({ ...UPDATE_ALERT, values }))
    ;(await this.#opened()).set(keyOf(rule.name, groupKey), updated)
    if (isFiring) await this.#fired(updated)
  }

  async #drop({ id, rule, group_key }: AlertRow): Promise<void> {
    await this.client.query({ ...DELETE_PENDING, values: [id] })
    ;(await this.#opened()).delete(keyOf(rule, group_key))
  }

  async #fired(row: AlertRow): Promise<void> {
    this.#raised += 1
    await this.#publish('alert.raised', row)
    await this.#schedule(row, 0)
    const scheduled = await this.find(row.rule, row.group_key)
    if (scheduled?.next_notice_at?.getTime() === this.nowMs) await this.#giveNotice(scheduled)
  }

  async #giveNotice(row: AlertRow): Promise<void> {
    // Looked at again: it is told when the silence is over.
    if (await this.#isSilenced(row)) return
    const notice = noticeOf(row, row.notices)
    if (notice !== undefined) {
      const channels = notice.channels.filter((channel) => this.#parts.channels.has(channel))
      await this.#notify(row, row.notices, notice.kind, channels)
    }
    await this.#schedule(row, row.notices + 1)
  }

  async #schedule(row: AlertRow, notices: number): Promise<void> {
    const atMs = nextNoticeAtMs(row, notices, row.fired_at?.getTime() ?? this.nowMs, this.nowMs)
    const next_notice_at = atMs === undefined ? null : new Date(atMs)
    const values = [row.id, notices, next_notice_at === null ? null : toIso(next_notice_at)]
    await this.client.query({ ...SET_NOTICE, values })
    ;(await this.#opened()).set(keyOf(row.rule, row.group_key), { ...row, notices, next_notice_at })
  }

  async #notify(row: AlertRow, number: number, notice: AlertNotice, channels: readonly AlertChannel[]): Promise<void> {
    if (channels.length === 0) return
    const body = JSON.stringify({ notice, alert: await this.#shown(row) })
    const ids = channels.map(() => randomUUID())
    await this.client.query({ ...INSERT_NOTIFICATIONS, values: [row.id, number, notice, body, ids, channels] })
    this.#notifications += channels.length
  }

  async #publish(type: string, row: AlertRow, more: object = {}): Promise<void> {
    const alert = await this.#shown(row)
    await this.publish(`${alert.id}.${alert.version}`, type, toAlertId(this.#parts.ids, row.id), { alert, ...more })
  }

  async #shown(row: AlertRow): Promise<Alert> {
    return toAlert(this.#parts.ids, row, await this.silences())
  }

  async #isSilenced(row: AlertRow): Promise<boolean> {
    return (await this.silences()).some((silence) => matches(silence, row))
  }
}

const stateOf = ({ state, holds_since, over_since }: AlertRow): OpenState | undefined =>
  state === 'resolved'
    ? undefined
    : { state, holdsSinceMs: holds_since.getTime(), overSinceMs: over_since?.getTime() ?? null }

function one({ rows }: { readonly rows: readonly AlertRow[] }): AlertRow {
  const [row] = rows
  if (row === undefined) throw new Error('an alert that is open is not there')
  return row
}

const summary = ({ rule, labels, groupKey, value, total }: Sighting, count: number): string =>
  groupKey === OTHERS
    ? `${rule.name}: more than ${MAX_OPEN_OF_RULE} groups`
    : summaryOf(rule.summary, {
        ...labels,
        rule: rule.name,
        severity: rule.severity,
        value,
        total,
        count,
        window: windowOf(rule),
      })

const windowOf = ({ condition }: Rule): string => (condition.kind === 'event' ? formatDuration(condition.windowMs) : '')
