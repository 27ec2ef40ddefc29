import type { Admin, Kafka } from 'kafkajs'
import { EVENTS_TOPIC } from '@paycluster/contracts'
import { partitionRanges } from '../kafka/log-offsets.ts'
import { readTopic } from '../kafka/read-topic.ts'
import { parseToldEvent } from './told-event.ts'

/** Clocks and the rounding of times, between the oldest event that is kept and the payments that are asked for. */
const RETENTION_MARGIN_MS = 60_000

/** The time from which on Kafka has every event; null when it has all of them. @throws Error when Kafka does not answer */
export async function oldestKeptEvent(kafka: Kafka, admin: Admin): Promise<Date | null> {
  const ranges = await partitionRanges(admin, EVENTS_TOPIC)
  const cut = ranges.filter(({ low }) => low > 0)
  if (cut.length === 0) return null
  const times: number[] = []
  const firsts = cut.map(({ partition, low, high }) => ({ partition, low, high: Math.min(low + 1, high) }))
  await readTopic(kafka, EVENTS_TOPIC, firsts, (value) => {
    times.push(Date.parse(parseToldEvent(value).time))
  })
  // A partition that was cut and holds nothing now has lost everything until this moment.
  const emptied = cut.some(({ low, high }) => low === high)
  return new Date((emptied ? Date.now() : Math.max(...times)) + RETENTION_MARGIN_MS)
}
