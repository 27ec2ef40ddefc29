/**
 * I10: every terminal payment has its event, and each account's events have no gap in their sequence.
 *
 *     ledger's snapshot ─▶ wait until the worker has published it ─▶ read the topic ─▶ compare ─▶ ledger again
 *
 * The worker commits a batch's offsets when its events are out, so that the group's offsets say what has been published. A
 * payment that succeeded took a sequence of two accounts, which is what is looked for, and so did what was done to it later;
 * of what took none, a failure or a block, its id is looked for. Events may come twice. What Kafka has deleted by retention is not asked for.
 */
import type { Admin, Kafka } from 'kafkajs'
import type { Client } from 'pg'
import { COMMANDS_TOPIC, EVENTS_TOPIC, WORKER_GROUP } from '@paycluster/contracts'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import { loadText } from '@paycluster/platform/load-text'
import { oldestKeptEvent } from '@paycluster/platform/verification/oldest-event'
import {
  parseToldEvent,
  textOfTold,
  toldBy,
  type Told,
  type ToldEvent,
} from '@paycluster/platform/verification/told-event'
import { messageOf } from '../cluster-error.ts'
import { waitUntil } from '../wait.ts'
import { AccountSequences } from '@paycluster/platform/verification/account-sequences'
import { add, findingOf, NOTHING, type Finding, type OffendingRow } from './invariant.ts'
import { committedOffsets, partitionRanges, type PartitionRange } from '@paycluster/platform/kafka/log-offsets'
import { readTopic } from '@paycluster/platform/kafka/read-topic'
import { inSnapshot } from './snapshot.ts'

const EXPECTED = loadText(import.meta.url, './invariants/i10-expected-events.sql')
const WITHOUT_ENTRIES = loadText(import.meta.url, './invariants/i10-events-without-entries.sql')
/** Ids in memory, about 100 bytes each. Beyond it, the newest are looked for. */
const MAX_WITHOUT_ENTRIES = 2_000_000
const UNREADABLE = 'an event that cannot be read'

interface ExpectedAccount {
  readonly account_id: string
  /** bigint, as text. */
  readonly first_seq: string
  readonly last_seq: string
}

interface Expected {
  readonly accounts: readonly ExpectedAccount[]
  /** As `textOfTold` writes it. */
  readonly told: ReadonlySet<string>
  readonly offsets: ReadonlyMap<number, number>
}

/**
 * @param waitMs  how long publishing may take
 * @throws Error when the primary or Kafka does not answer
 */
export async function checkEvents(primaryUrl: string, kafka: Kafka, waitMs: number): Promise<Finding> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const keptFrom = await oldestKeptEvent(kafka, admin)
    const expected = await inSnapshot(primaryUrl, (client) => readExpected(client, keptFrom))
    const late = await untilPublished(admin, expected.offsets, waitMs)
    const seen = await readSeen(kafka, await partitionRanges(admin, EVENTS_TOPIC))
    const now = await inSnapshot(primaryUrl, readVersions)
    const notes = [`${String(seen.events)} events read`]
    if (keptFrom !== null)
      notes.push(`Kafka keeps events from ${keptFrom.toISOString()}: older payments are not asked for`)
    if (late !== undefined) notes.push(late)
    const parts = [gaps(expected, seen), missingTold(expected, seen), ahead(now, seen)]
    return parts
      .map((rows) => findingOf(0, rows))
      .reduce(add, { ...seen.unreadable, checked: checkedOf(expected), notes })
  } finally {
    await admin.disconnect()
  }
}

interface Seen {
  readonly sequences: AccountSequences
  /** As `textOfTold` writes it. */
  readonly told: Set<string>
  unreadable: Pick<Finding, 'violations' | 'rows'>
  events: number
}

async function readSeen(kafka: Kafka, ranges: readonly PartitionRange[]): Promise<Seen> {
  const seen: Seen = { sequences: new AccountSequences(), told: new Set(), unreadable: NOTHING, events: 0 }
  await readTopic(kafka, EVENTS_TOPIC, ranges, (value, partition, offset) => {
    seen.events += 1
    try {
      note(parseToldEvent(value), seen)
    } catch {
      seen.unreadable = add(
        { ...NOTHING, ...seen.unreadable },
        findingOf(0, [{ problem: UNREADABLE, partition, offset }]),
      )
    }
  })
  return seen
}

function note(event: ToldEvent, seen: Seen): void {
  const told = toldBy(event)
  if (told !== undefined) seen.told.add(textOfTold(told))
  for (const { account_id, sequence } of event.data.accounts ?? []) seen.sequences.add(idToUuid(account_id), sequence)
}

function* gaps({ accounts }: Expected, { sequences }: Seen): Generator<OffendingRow> {
  for (const { account_id, first_seq, last_seq } of accounts) {
    const sequence = sequences.firstGap(account_id, Number(first_seq), Number(last_seq))
    if (sequence !== undefined) {
      yield { problem: 'no event for the entry', account: account_id, sequence, account_version: Number(last_seq) }
    }
  }
}

function* missingTold(expected: Expected, seen: Seen): Generator<OffendingRow> {
  for (const told of expected.told) {
    if (!seen.told.has(told))
      yield { problem: 'no event for a payment or refund that failed, a block, or a dead letter', of: told }
  }
}

/** Published before it was committed, or from a commit that was lost. */
function* ahead(versions: ReadonlyMap<string, number>, { sequences }: Seen): Generator<OffendingRow> {
  for (const [account, sequence] of sequences.highest()) {
    const version = versions.get(account) ?? 0
    if (sequence > version) yield { problem: 'an event of an entry that the ledger lacks', account, sequence, version }
  }
}

const checkedOf = ({ accounts, told }: Expected): number =>
  accounts.reduce((sum, { first_seq, last_seq }) => sum + Number(last_seq) - Number(first_seq) + 1, told.size)

async function readExpected(client: Client, keptFrom: Date | null): Promise<Expected> {
  const accounts = await client.query<ExpectedAccount>(EXPECTED, [keptFrom])
  const told = await client.query<Told>(WITHOUT_ENTRIES, [keptFrom, MAX_WITHOUT_ENTRIES])
  const offsets = await client.query<{ partition: number; next_offset: string }>(
    'SELECT partition, next_offset FROM ledger_offsets WHERE topic = $1 AND next_offset > 0',
    [COMMANDS_TOPIC],
  )
  return {
    accounts: accounts.rows,
    told: new Set(told.rows.map(textOfTold)),
    offsets: new Map(offsets.rows.map(({ partition, next_offset }) => [partition, Number(next_offset)] as const)),
  }
}

async function readVersions(client: Client): Promise<Map<string, number>> {
  const result = await client.query<{ account_id: string; version: string }>(
    "SELECT replace(account_id::text, '-', '') AS account_id, version FROM account_balances WHERE version > 0",
  )
  return new Map(result.rows.map(({ account_id, version }) => [account_id, Number(version)] as const))
}

/** @returns why the events may be incomplete: the worker is still publishing, or does not run */
async function untilPublished(
  admin: Admin,
  offsets: ReadonlyMap<number, number>,
  waitMs: number,
): Promise<string | undefined> {
  try {
    await waitUntil('the worker to publish what it has posted', waitMs, async () => {
      try {
        const committed = await committedOffsets(admin, WORKER_GROUP, COMMANDS_TOPIC)
        const late = [...offsets].filter(([partition, next]) => (committed.get(partition) ?? 0) < next)
        return late.length === 0 ? undefined : `${late.length} partitions are not published`
      } catch (error) {
        // A group's coordinator may be on its way.
        return messageOf(error)
      }
    })
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}
