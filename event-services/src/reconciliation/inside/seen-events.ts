/** What a part of the log of events tells of: which sequences of which accounts, and what took none. */
import type { Kafka } from 'kafkajs'
import { EVENTS_TOPIC } from '@paycluster/contracts'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import type { PartitionRange } from '@paycluster/platform/kafka/log-offsets'
import { readTopic } from '@paycluster/platform/kafka/read-topic'
import { AccountSequences } from '@paycluster/platform/verification/account-sequences'
import { parseToldEvent, textOfTold, toldBy } from '@paycluster/platform/verification/told-event'

export interface SeenEvents {
  /** By 32 hexadecimal digits. */
  readonly sequences: AccountSequences
  /** As `textOfTold` writes it. */
  readonly told: ReadonlySet<string>
  readonly count: number
}

/** What is no event is passed over: it is a dead letter of who listens. @throws Error when Kafka stops answering */
export async function readSeenEvents(kafka: Kafka, ranges: readonly PartitionRange[]): Promise<SeenEvents> {
  const sequences = new AccountSequences()
  const told = new Set<string>()
  let count = 0
  await readTopic(kafka, EVENTS_TOPIC, ranges, (value) => {
    count += 1
    const event = eventOf(value)
    if (event === undefined) return
    const about = toldBy(event)
    if (about !== undefined) told.add(textOfTold(about))
    for (const { account_id, sequence } of event.data.accounts ?? []) sequences.add(idToUuid(account_id), sequence)
  })
  return { sequences, told, count }
}

function eventOf(value: Buffer | null): ReturnType<typeof parseToldEvent> | undefined {
  try {
    return parseToldEvent(value)
  } catch {
    return undefined
  }
}
