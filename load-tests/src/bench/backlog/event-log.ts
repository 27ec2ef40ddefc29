/** What the workers publish of a backlog, as the log itself has it. */
import { brokerAddress } from '@paycluster/cluster/nodes/kafka'
import { partitionRanges, type PartitionRange } from '@paycluster/platform/kafka/log-offsets'
import { readTopic } from '@paycluster/platform/kafka/read-topic'
import { EVENTS_TOPIC } from '@paycluster/contracts'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import type { Admin, Kafka } from 'kafkajs'
import { z } from 'zod'
import type { LocalCluster } from '../../target/target.ts'
import type { BacklogCounts } from './backlog-commands.ts'
import type { Comparison } from './check-backlog.ts'

/** What is counted of an event. Its id is `<payment>.<version>`. */
const eventSchema = z.object({ id: z.string(), type: z.string() })

export class EventLog {
  readonly #kafka: Kafka
  readonly #admin: Admin
  readonly #before: readonly PartitionRange[]

  private constructor(kafka: Kafka, admin: Admin, before: readonly PartitionRange[]) {
    this.#kafka = kafka
    this.#admin = admin
    this.#before = before
  }

  /** Counts from here on. @throws KafkaJSError when the broker does not answer */
  static async open({ settings }: LocalCluster): Promise<EventLog> {
    const logger = createLogger('bench', 'fatal')
    const kafka = createKafkaClient({ brokers: [brokerAddress(settings)], clientId: 'bench-events', logger })
    const admin = kafka.admin()
    await admin.connect()
    return new EventLog(kafka, admin, await partitionRanges(admin, EVENTS_TOPIC))
  }

  /** Events that were published since it was opened. */
  async published(): Promise<number> {
    return sumOfEnds(await partitionRanges(this.#admin, EVENTS_TOPIC)) - sumOfEnds(this.#before)
  }

  /** Reads them all, and holds them against the payments that they have to be of. */
  async compare(payments: readonly string[], counts: BacklogCounts): Promise<Comparison[]> {
    const tally = new EventTally(payments)
    const from = new Map(this.#before.map(({ partition, high }) => [partition, high]))
    const ranges = await partitionRanges(this.#admin, EVENTS_TOPIC)
    await readTopic(this.#kafka, EVENTS_TOPIC, ranges, (value, partition, offset) => {
      if (value !== null && offset >= (from.get(partition) ?? 0)) tally.add(value.toString())
    })
    return tally.compare(counts)
  }

  async close(): Promise<void> {
    await this.#admin.disconnect()
  }
}

const sumOfEnds = (ranges: readonly PartitionRange[]): number => ranges.reduce((sum, { high }) => sum + high, 0)

/** Counts events of payments. Pure but for its own state. */
export class EventTally {
  readonly #eventsOf: Map<string, number>
  readonly #byType = new Map<string, number>()
  #others = 0

  constructor(payments: readonly string[]) {
    this.#eventsOf = new Map(payments.map((id) => [id, 0]))
  }

  /** @param text  an event in JSON @throws ZodError, SyntaxError when it is none */
  add(text: string): void {
    const { id, type } = eventSchema.parse(JSON.parse(text))
    const payment = id.slice(0, id.lastIndexOf('.'))
    const count = this.#eventsOf.get(payment)
    if (count === undefined) {
      this.#others++
      return
    }
    this.#eventsOf.set(payment, count + 1)
    this.#byType.set(type, (this.#byType.get(type) ?? 0) + 1)
  }

  compare({ payments, succeeded, declined }: BacklogCounts): Comparison[] {
    const once = [...this.#eventsOf.values()].filter((count) => count === 1).length
    const ofType = (type: string): number => this.#byType.get(type) ?? 0
    return [
      { what: 'payments with exactly one event', expected: payments, found: once },
      { what: 'events of payment.succeeded', expected: succeeded, found: ofType('payment.succeeded') },
      { what: 'events of payment.failed', expected: declined, found: ofType('payment.failed') },
      { what: 'events of anything else', expected: 0, found: this.#others },
    ]
  }
}
