/**
 * The ledger against the log of events: whatever was recorded in a time has its event, and no event tells of what the ledger
 * does not have.
 *
 *     the ledger's offsets ─▶ wait until the group has committed them: their events are out ─▶ read the log from when the
 *       time begins ─▶ compare ─▶ what was told of, in the ledger
 *
 * A long time is looked at in parts, each with the log of its own time and what was published somewhat later.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin, Kafka } from 'kafkajs'
import type { Pool } from 'pg'
import { COMMANDS_TOPIC, EVENTS_TOPIC, WORKER_GROUP } from '@paycluster/contracts'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import { committedOffsets, partitionRanges, type PartitionRange } from '@paycluster/platform/kafka/log-offsets'
import { loadText } from '@paycluster/platform/load-text'
import { oldestKeptEvent } from '@paycluster/platform/verification/oldest-event'
import { textOfTold, type Told } from '@paycluster/platform/verification/told-event'
import type { OpenDifference } from '../differences/difference-store.ts'
import type { Finding } from '../differences/finding.ts'
import type { Checked, RunContext } from '../runs/check.ts'
import { ledgerNow } from './changed-accounts.ts'
import { readSeenEvents, type SeenEvents } from './seen-events.ts'
import { watermarkOf, windowStart } from './window.ts'

/** What is read of the log at once: its events' sequences are in memory, a bit each. */
const PART_MS = 15 * 60_000
/** Between clocks of the ledger and of who publishes. */
const CLOCKS_MS = 60_000
/** For how long after a part of the past its events are looked for; up to now, they are known to be out. */
const LATE_MS = 10 * 60_000
const PUBLISHING_MS = 30_000
const PUBLISHING_STEP_MS = 100
const ROWS_AT_ONCE = 50_000
const MAX_TOLD = 1_000_000
const ACCOUNTS_AT_ONCE = 5_000
const NO_ACCOUNT = '00000000-0000-0000-0000-000000000000'

const READ_SEQUENCES = {
  name: 'read-expected-sequences',
  text: loadText(import.meta.url, './read-expected-sequences.sql'),
}
const READ_TOLD = { name: 'read-expected-told', text: loadText(import.meta.url, './read-expected-told.sql') }
const READ_OFFSETS = {
  name: 'read-posted-offsets',
  text: 'SELECT partition, next_offset::float8 AS next FROM ledger_offsets WHERE topic = $1 AND next_offset > 0',
}
const READ_VERSIONS = {
  name: 'read-account-versions',
  text: `SELECT a.id, b.client_id AS client, b.version::float8 AS version FROM unnest($1::uuid[]) AS a (id)
         LEFT JOIN account_balances b ON b.account_id = a.id`,
}

interface SequencesRow {
  readonly id: string
  readonly client: number
  readonly first: number
  readonly last: number
}

interface ToldRow extends Told {
  readonly client: number | null
}

export interface EventComparisonParts {
  readonly pool: Pool
  readonly kafka: Kafka
  /** Connected. */
  readonly admin: () => Promise<Admin>
  readonly ids: IdCodec
  readonly pause: (signal: AbortSignal) => Promise<void>
}

export class EventComparison {
  readonly #parts: EventComparisonParts

  constructor(parts: EventComparisonParts) {
    this.#parts = parts
  }

  async check(context: RunContext): Promise<Checked> {
    const { run, open, signal } = context
    const { pool, kafka, pause } = this.#parts
    const admin = await this.#parts.admin()
    const nowMs = await ledgerNow(pool)
    await untilPublished(admin, await this.#posted(), signal)
    const oldest = (await oldestKeptEvent(kafka, admin))?.getTime() ?? 0
    const wanted = run.isFull ? 0 : windowStart(watermarkOf(context.watermark), nowMs)
    // A full run has all that Kafka has as one part, as long as it has all from the beginning.
    const startMs = Math.max(wanted, oldest)
    const resolved = new Set<string>()
    let checked = 0
    for (let fromMs = startMs; fromMs < nowMs;) {
      await pause(signal)
      signal.throwIfAborted()
      const toMs = fromMs === 0 ? nowMs : Math.min(fromMs + PART_MS, nowMs)
      const seen = await readSeenEvents(kafka, await rangesOf(admin, fromMs, toMs, toMs === nowMs))
      checked += await this.#compare(context, fromMs, toMs, seen)
      await this.#compareAhead(context, seen)
      for (const difference of open) if (isTold(difference, seen)) resolved.add(difference.id)
      fromMs = toMs
    }
    const versions = await this.#versions(
      open.flatMap(({ account_id }) => (account_id === null ? [] : idToUuid(account_id))),
    )
    return {
      checked,
      isRechecked: (difference) => resolved.has(difference.id) || isReached(difference, versions),
      watermark: { until: isoTime(nowMs) },
    }
  }

  async #posted(): Promise<Map<number, number>> {
    const values = [COMMANDS_TOPIC]
    const { rows } = await this.#parts.pool.query<{ partition: number; next: number }>({ ...READ_OFFSETS, values })
    return new Map(rows.map(({ partition, next }) => [partition, next]))
  }

  /** @returns how many sequences and other things were looked for */
  async #compare({ findings, signal }: RunContext, fromMs: number, toMs: number, seen: SeenEvents): Promise<number> {
    const { pool } = this.#parts
    const window = [isoTime(fromMs), isoTime(toMs)]
    let checked = 0
    for (let after: string | undefined = NO_ACCOUNT; after !== undefined;) {
      signal.throwIfAborted()
      const values: unknown[] = [...window, after, ROWS_AT_ONCE]
      const { rows }: { rows: SequencesRow[] } = await pool.query<SequencesRow>({ ...READ_SEQUENCES, values })
      for (const row of rows) {
        checked += row.last - row.first + 1
        findings.add(...this.#gap(row, seen))
      }
      after = rows.length < ROWS_AT_ONCE ? undefined : rows.at(-1)?.id
    }
    const told = await pool.query<ToldRow>({ ...READ_TOLD, values: [...window, MAX_TOLD] })
    if (told.rows.length === MAX_TOLD) findings.truncate()
    for (const row of told.rows) if (!seen.told.has(textOfTold(row))) findings.add(this.#untold(row))
    return checked + told.rows.length
  }

  #gap({ id, client, first, last }: SequencesRow, { sequences }: SeenEvents): Finding[] {
    const gap = sequences.firstGap(hex(id), first, last)
    if (gap === undefined) return []
    const accountId = this.#parts.ids.fromUuid('acc', id, client)
    return [
      {
        kind: 'event_missing',
        subject: `${accountId} ${gap}`,
        accountId,
        expected: `events of the sequences ${first} to ${last}`,
        found: `none of ${gap}`,
      },
    ]
  }

  #untold(told: ToldRow): Finding {
    const { ids } = this.#parts
    const { kind, id, client } = told
    return {
      kind: 'event_missing',
      subject: textOfTold(told),
      ...(kind === 'payment' && client !== null ? { paymentId: ids.fromUuid('pay', id, client) } : {}),
      ...(kind === 'account' && client !== null ? { accountId: ids.fromUuid('acc', id, client) } : {}),
      expected: `an event of the ${kind}${told.revision === null ? ' that failed' : `, revision ${told.revision}`}`,
      found: 'none',
    }
  }

  /** The ledger after the log: what was told of was committed. */
  async #compareAhead({ findings }: RunContext, { sequences }: SeenEvents): Promise<void> {
    const highest = [...sequences.highest()]
    for (let from = 0; from < highest.length; from += ACCOUNTS_AT_ONCE) {
      const part = highest.slice(from, from + ACCOUNTS_AT_ONCE)
      const versions = await this.#versions(part.map(([account]) => account))
      for (const [account, sequence] of part) {
        const { client, version } = versions.get(account) ?? { client: null, version: 0 }
        if (sequence <= version) continue
        const accountId = client === null ? undefined : this.#parts.ids.fromUuid('acc', account, client)
        findings.add({
          kind: 'event_ahead',
          subject: `${accountId ?? account} ${sequence}`,
          ...(accountId === undefined ? {} : { accountId }),
          expected: `version ${version}`,
          found: `an event of sequence ${sequence}`,
        })
      }
    }
  }

  async #versions(accounts: readonly string[]): Promise<Map<string, { client: number | null; version: number }>> {
    interface Row {
      readonly id: string
      readonly client: number | null
      readonly version: number | null
    }
    const { rows } = await this.#parts.pool.query<Row>({ ...READ_VERSIONS, values: [accounts] })
    return new Map(rows.map(({ id, client, version }) => [hex(id), { client, version: version ?? 0 }] as const))
  }
}

/** The part of the log in which events of a time are. @param isUpToNow  they are known to be out */
async function rangesOf(admin: Admin, fromMs: number, toMs: number, isUpToNow: boolean): Promise<PartitionRange[]> {
  const ranges = await partitionRanges(admin, EVENTS_TOPIC)
  const starts = fromMs === 0 ? undefined : await offsetsAt(admin, fromMs - CLOCKS_MS)
  const ends = isUpToNow ? undefined : await offsetsAt(admin, toMs + LATE_MS)
  return ranges.map(({ partition, low, high }) => ({
    partition,
    low: starts === undefined ? low : Math.max(low, starts.get(partition) ?? high),
    high: ends?.get(partition) ?? high,
  }))
}

/** The first offset of each partition that was written at a time or later; none where there is none. */
async function offsetsAt(admin: Admin, ms: number): Promise<Map<number, number>> {
  const offsets = await admin.fetchTopicOffsetsByTimestamp(EVENTS_TOPIC, Math.max(0, ms))
  return new Map(
    offsets.map(({ partition, offset }) => [partition, Number(offset)] as const).filter(([, offset]) => offset >= 0),
  )
}

/** @throws Error when the group does not commit what the ledger has posted */
async function untilPublished(admin: Admin, posted: ReadonlyMap<number, number>, signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + PUBLISHING_MS
  for (;;) {
    const committed = await committedOffsets(admin, WORKER_GROUP, COMMANDS_TOPIC)
    const late = [...posted].filter(([partition, next]) => (committed.get(partition) ?? 0) < next)
    if (late.length === 0) return
    if (performance.now() >= deadlineMs)
      throw new Error(`what is posted of ${late.length} partitions is not published after ${PUBLISHING_MS / 1000} s`)
    await delay(PUBLISHING_STEP_MS, undefined, { signal })
  }
}

/** Of one that was missing: whether its event has come. */
function isTold({ kind, subject, account_id }: OpenDifference, { sequences, told }: SeenEvents): boolean {
  if (kind !== 'event_missing') return false
  if (told.has(subject)) return true
  const [account, sequence] = subject.split(' ')
  return account_id !== null && account === account_id && sequences.has(idToUuid(account_id), Number(sequence))
}

/** Of one that told of too much: whether the ledger has it by now. */
function isReached(
  { kind, subject, account_id }: OpenDifference,
  versions: ReadonlyMap<string, { readonly version: number }>,
): boolean {
  if (kind !== 'event_ahead' || account_id === null) return false
  return (versions.get(idToUuid(account_id))?.version ?? 0) >= Number(subject.split(' ')[1])
}

const hex = (uuid: string): string => uuid.replaceAll('-', '')
