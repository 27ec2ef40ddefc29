import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import fc from 'fast-check'
import { Registry } from 'prom-client'
import { pino } from 'pino'
import { CoalescingProducer, type CoalescingProducerOptions } from './coalescing-producer.ts'
import { MAX_BATCH_MESSAGES } from './outgoing-queue.ts'
import { ProducerMetrics } from './producer-metrics.ts'
import type { OutgoingMessage, TopicConnection } from './topic-connection.ts'

/** A connection whose acknowledgements the test gives. */
class FakeConnection implements TopicConnection {
  readonly sends: { values: string[]; acknowledge: () => void; fail: (error: Error) => void }[] = []
  probeError: Error | undefined
  closed = false

  send(messages: readonly OutgoingMessage[]): Promise<void> {
    return new Promise((acknowledge, fail) => {
      this.sends.push({ values: messages.map((message) => message.value), acknowledge, fail })
    })
  }
  probe(): Promise<void> {
    return this.probeError === undefined ? Promise.resolve() : Promise.reject(this.probeError)
  }
  close(): Promise<void> {
    this.closed = true
    return Promise.resolve()
  }
}

const ACK_TIMEOUT_MS = 3000
const away = new Error('away')

/** A producer, the connections that it made, and a switch that lets none be made. */
function setUp(options: Partial<CoalescingProducerOptions> = {}) {
  const connections: FakeConnection[] = []
  const broker = { up: true }
  const producer = new CoalescingProducer({
    connect: () => {
      if (!broker.up) return Promise.reject(away)
      const connection = new FakeConnection()
      connections.push(connection)
      return Promise.resolve(connection)
    },
    logger: pino({ level: 'silent' }),
    metrics: new ProducerMetrics(new Registry()),
    maxLingerMs: 10,
    ackTimeoutMs: ACK_TIMEOUT_MS,
    maxQueuedMessages: 2000,
    maxQueuedBytes: 10_000_000,
    maxInFlight: 1,
    ...options,
  })
  return { producer, connections, broker }
}

const mean = (numbers: number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length
const message = (value: string): OutgoingMessage => ({ key: 'k', value })
const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms)
/** How a send ended, or that it has not. */
function watch(sending: Promise<void>): { end: string | undefined } {
  const watched: { end: string | undefined } = { end: undefined }
  sending.then(
    () => (watched.end = 'acknowledged'),
    (error: unknown) => (watched.end = (error as { code: string }).code),
  )
  return watched
}

describe('the coalescing producer', () => {
  beforeEach(() => {
    jest.useFakeTimers()
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  it('sends a message that comes alone at once, and resolves when it is acknowledged', async () => {
    const { producer, connections } = setUp()
    producer.start()
    await pass(1)
    const first = watch(producer.send(message('a')))
    await pass(1)
    expect(connections[0]?.sends[0]?.values).toEqual(['a'])
    expect(first.end).toBeUndefined()
    connections[0]?.sends[0]?.acknowledge()
    await pass(1)
    expect(first.end).toBe('acknowledged')
  })

  it('gathers what one turn of the event loop brings, and what comes while a batch is in flight', async () => {
    const { producer, connections } = setUp()
    producer.start()
    await pass(1)
    for (const value of ['a', 'b']) void producer.send(message(value))
    await pass(1)
    for (const value of ['c', 'd', 'e']) void producer.send(message(value))
    await pass(50)
    expect(connections[0]?.sends.map((send) => send.values)).toEqual([['a', 'b']])
    connections[0]?.sends[0]?.acknowledge()
    await pass(11)
    expect(connections[0]?.sends.map((send) => send.values)).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ])
  })

  it('lingers under load, and not past the longest linger', async () => {
    const { producer, connections } = setUp({ maxInFlight: 5 })
    producer.start()
    await pass(1)
    // 1 a millisecond on average, in bursts of random size as clients bring them, acknowledged within a millisecond.
    const bursts = fc.sample(fc.constantFrom(0, 0, 0, 1, 1, 1, 2, 3), { numRuns: 500, seed: 1 })
    for (const burst of [1, ...bursts]) {
      for (let index = 0; index < burst; index++) void producer.send(message('x'))
      await pass(1)
      for (const send of connections[0]?.sends ?? []) send.acknowledge()
    }
    const sizes = connections[0]?.sends.map((send) => send.values.length) ?? []
    expect(sizes[0]).toBe(1)
    expect(mean(sizes.slice(-10))).toBeGreaterThan(5)
    expect(mean(sizes.slice(-10))).toBeLessThan(14)
  })

  it('bounds a batch by messages and by bytes', async () => {
    const { producer, connections } = setUp({ maxInFlight: 3 })
    for (let index = 0; index <= MAX_BATCH_MESSAGES; index++) void producer.send(message('x'))
    void producer.send(message('y'.repeat(600_000)))
    void producer.send(message('y'.repeat(600_000)))
    producer.start()
    await pass(30)
    expect(connections[0]?.sends.map((send) => send.values.length)).toEqual([MAX_BATCH_MESSAGES, 2, 1])
  })

  it('refuses what the queue has no room for, and says so', async () => {
    const { producer } = setUp({ maxQueuedMessages: 2 })
    const sends = ['a', 'b', 'c'].map((value) => watch(producer.send(message(value))))
    await pass(0)
    expect(sends.map((send) => send.end)).toEqual([undefined, undefined, 'overloaded'])
    const bytes = setUp({ maxQueuedBytes: 2000 })
    const large = watch(bytes.producer.send(message('x'.repeat(3000))))
    await pass(0)
    expect(large.end).toBe('overloaded')
  })

  it('sends again, in order and over a new connection, what a restart of the broker cut off', async () => {
    const { producer, connections, broker } = setUp()
    producer.start()
    await pass(1)
    const first = watch(producer.send(message('a')))
    await pass(1)
    const second = watch(producer.send(message('b')))
    broker.up = false
    connections[0]?.sends[0]?.fail(away)
    await pass(1000)
    expect(producer.reason()).toBe('kafka is away')
    expect([first.end, second.end, connections[0]?.closed]).toEqual([undefined, undefined, true])
    broker.up = true
    await pass(1000)
    expect(producer.reason()).toBeUndefined()
    expect(connections[1]?.sends[0]?.values).toEqual(['a', 'b'])
    connections[1]?.sends[0]?.acknowledge()
    await pass(1)
    expect([first.end, second.end]).toEqual(['acknowledged', 'acknowledged'])
  })

  it('ends every wait: queued or in flight, it is unavailable after the acknowledgement timeout', async () => {
    const { producer } = setUp()
    producer.start()
    await pass(1)
    const inFlight = watch(producer.send(message('a')))
    await pass(1)
    const queued = watch(producer.send(message('b')))
    await pass(ACK_TIMEOUT_MS + 200)
    expect([inFlight.end, queued.end]).toEqual(['unavailable', 'unavailable'])
  })

  it('sends nothing again whose caller was refused', async () => {
    const { producer, connections } = setUp()
    producer.start()
    await pass(1)
    watch(producer.send(message('a')))
    await pass(ACK_TIMEOUT_MS + 200)
    connections[0]?.sends[0]?.fail(away)
    await pass(1000)
    expect(connections[1]?.sends).toEqual([])
  })

  it('refuses at once when Kafka has been away for longer than a caller would wait', async () => {
    const { producer, broker } = setUp()
    broker.up = false
    producer.start()
    await pass(ACK_TIMEOUT_MS + 200)
    const late = watch(producer.send(message('a')))
    await pass(0)
    expect(late.end).toBe('unavailable')
    broker.up = true
    await pass(1000)
    expect(producer.reason()).toBeUndefined()
  })

  it('is not ready, and then refuses at once, while a broker holds its acknowledgement back', async () => {
    const { producer, connections } = setUp()
    producer.start()
    await pass(1)
    watch(producer.send(message('a')))
    await pass(ACK_TIMEOUT_MS / 2 + 10)
    expect(producer.reason()).toBe('kafka does not acknowledge')
    await pass(ACK_TIMEOUT_MS / 2)
    const late = watch(producer.send(message('b')))
    await pass(0)
    expect(late.end).toBe('unavailable')
    connections[0]?.sends[0]?.acknowledge()
    await pass(1)
    expect(producer.reason()).toBeUndefined()
  })

  it('finds out without traffic that its connection leads nowhere', async () => {
    const { producer, connections } = setUp()
    producer.start()
    await pass(1)
    const [connection] = connections
    if (connection !== undefined) connection.probeError = away
    await pass(6000)
    expect(connections[0]?.closed).toBe(true)
    expect(connections).toHaveLength(2)
  })

  it('sends what it took before it stops, and takes nothing more', async () => {
    const { producer, connections } = setUp()
    producer.start()
    await pass(1)
    const taken = watch(producer.send(message('a')))
    const stopping = producer.stop()
    const refused = watch(producer.send(message('b')))
    await pass(1)
    connections[0]?.sends[0]?.acknowledge()
    await pass(10)
    await stopping
    expect([taken.end, refused.end, connections[0]?.closed]).toEqual(['acknowledged', 'unavailable', true])
  })
})
