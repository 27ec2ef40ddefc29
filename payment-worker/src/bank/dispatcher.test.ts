import { describe, expect, it } from '@jest/globals'
import { Registry } from 'prom-client'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { createLogger } from '@paycluster/platform/logging'
import { BankCircuit } from './bank-circuit.ts'
import type { CallResult, ClaimedTask } from './bank-task.ts'
import { DispatcherMetrics } from './dispatcher-metrics.ts'
import { Dispatcher, type DispatcherSettings } from './dispatcher.ts'
import type { FinishedClaim } from './task-store.ts'

const ids = new IdCodec('a secret for tests, of 32 letters or more')
const PAYMENT = '0123456789abcdef0123456789abcdef'
const REFUND = 'abcdef0123456789abcdef0123456789'
const ACCOUNT = 'fedcba9876543210fedcba9876543210'
const SETTINGS: DispatcherSettings = {
  intervalMs: 1,
  leaseMs: 1000,
  maxInFlight: 3,
  maxAttempts: 5,
  backoff: { baseMs: 10, capMs: 1000 },
  pendingCheckMs: 777,
}

const claimed = (more: Partial<ClaimedTask> = {}): ClaimedTask => ({
  id: PAYMENT,
  client: 1,
  payment: PAYMENT,
  payer: 1,
  isRefund: false,
  rail: 'withdrawal',
  amount: 500,
  currency: 'USD',
  reference: null,
  cardToken: null,
  account: ACCOUNT,
  accountOwner: 1,
  fingerprint: '0'.repeat(32),
  replyTo: null,
  was: 'ready',
  attempts: 1,
  answer: null,
  ...more,
})

interface Seen {
  readonly finished: FinishedClaim[]
  readonly messages: { key: string; command: Record<string, unknown> }[]
  readonly asked: string[]
  readonly claims: number[]
}

/** One dispatcher's life with these tasks and a bank that answers so. */
async function dispatch(
  tasks: readonly ClaimedTask[],
  result: CallResult,
  { isKafkaAway = false, isBankAway = false, slowly = false } = {},
): Promise<Seen> {
  const seen: Seen = { finished: [], messages: [], asked: [], claims: [] }
  const left = [...tasks]
  const circuit = new BankCircuit({ halfOpenAfterMs: 60_000, size: 10, threshold: 0.5, onChange: () => undefined })
  if (isBankAway)
    for (let index = 0; index < 10; index++) await circuit.run(() => Promise.resolve({ kind: 'unknown', detail: '' }))
  const ask = (request: string) => async (asked: string | { key: string; refundOf?: string }) => {
    const what = typeof asked === 'string' ? asked : [asked.key, asked.refundOf].filter(Boolean).join(' of ')
    seen.asked.push(`${request} ${what}`)
    // One turn later than the one before: so that answers come while others are being reported.
    for (let turn = 0; slowly && turn < seen.asked.length % 7; turn++) await new Promise(setImmediate)
    return result
  }
  const dispatcher: Dispatcher = new Dispatcher({
    store: {
      claim: (most) => {
        seen.claims.push(most)
        return Promise.resolve(left.splice(0, most))
      },
      finish: async (claims) => {
        if (slowly) await new Promise(setImmediate)
        seen.finished.push(...claims)
      },
    },
    bank: { move: ask('move'), find: ask('find') },
    circuit: isBankAway ? { run: (call) => circuit.run(call), room: 1 } : circuit,
    commands: {
      send: (messages) => {
        if (isKafkaAway) return Promise.reject(new Error('away'))
        for (const { key, value } of messages)
          seen.messages.push({ key: String(key), command: JSON.parse(String(value)) as Record<string, unknown> })
        return Promise.resolve()
      },
    },
    ids,
    clock: { now: () => 5000 },
    logger: createLogger('test', 'fatal'),
    metrics: new DispatcherMetrics(new Registry(), () => dispatcher.inHand),
    settings: SETTINGS,
  })
  dispatcher.start()
  while (left.length > 0) await new Promise((resolve) => setImmediate(resolve))
  await dispatcher.stop()
  return seen
}

const payment = ids.fromUuid('pay', PAYMENT, 1)
const settled: CallResult = { kind: 'settled', bankId: 'b1' }
const unknown: CallResult = { kind: 'unknown', detail: 'timeout' }
const notDone: CallResult = { kind: 'not_done', detail: '429', isReached: true, retryAfterMs: 500 }
const notReached: CallResult = { kind: 'not_done', detail: 'ECONNREFUSED', isReached: false }

describe('a task', () => {
  it('is sent to the bank under its payment’s id, and the answer goes to the log with its payment’s key', async () => {
    const { asked, messages, finished } = await dispatch([claimed({ replyTo: 'r' })], settled)
    expect(asked).toEqual([`move ${payment}`])
    const command = {
      type: 'payment.settle',
      payment,
      client: 1,
      reason: 'b1',
      fingerprint: '0'.repeat(32),
      reply_to: 'r',
    }
    expect(messages).toEqual([{ key: ids.fromUuid('acc', ACCOUNT, 1), command: expect.objectContaining(command) }])
    expect(finished).toMatchObject([{ state: 'reported', call: { movesMoney: true } }])
  })

  it('of a refund is sent under the refund’s id, and its answer is the refund’s', async () => {
    const of = { id: REFUND, client: 2, isRefund: true, rail: 'card', accountOwner: 2 } as const
    const refund = ids.fromUuid('ref', REFUND, 2)
    const { asked, messages } = await dispatch([claimed(of)], settled)
    expect(asked).toEqual([`move ${refund} of ${payment}`])
    const command = { type: 'refund.settle', refund, payment, client: 2, reason: 'b1' }
    expect(messages).toEqual([{ key: ids.fromUuid('acc', ACCOUNT, 2), command: expect.objectContaining(command) }])
    const declined = await dispatch([claimed(of)], { kind: 'declined', reason: 'closed' })
    expect(declined.messages[0]?.command).toMatchObject({ type: 'refund.decline', code: 'bank_declined', refund })
    const looked = await dispatch([claimed({ ...of, was: 'unknown' })], unknown)
    expect(looked.asked).toEqual([`find ${refund}`])
  })

  it('has one command for one answer, however often it is told', async () => {
    const first = await dispatch([claimed()], settled)
    const again = await dispatch([claimed({ was: 'reported', answer: { kind: 'settled', bankId: 'b1' } })], unknown)
    expect(again.asked).toEqual([])
    expect(again.messages[0]?.command.id).toBe(first.messages[0]?.command.id)
    const declined = await dispatch([claimed()], { kind: 'declined', reason: 'closed' })
    expect(declined.messages[0]?.command).toMatchObject({ type: 'payment.decline', code: 'bank_declined' })
    expect(declined.messages[0]?.command.id).not.toBe(first.messages[0]?.command.id)
  })

  it.each<[what: string, was: ClaimedTask['was'], result: CallResult, state: string]>([
    ['that nobody knows of is asked about', 'ready', unknown, 'unknown'],
    ['that was not done is sent again', 'ready', notDone, 'ready'],
    ['that reached nobody is sent again', 'ready', notReached, 'ready'],
    ['whose question reached nobody is asked about again', 'unknown', notReached, 'unknown'],
    ['that the bank does not have is sent again', 'unknown', notDone, 'ready'],
    ['that another worker left is asked about', 'calling', unknown, 'unknown'],
    ['that the bank will decide later is looked at later', 'ready', { kind: 'pending' }, 'pending'],
    ['that the bank was to decide stays pending while it is away', 'pending', unknown, 'pending'],
    ['that the bank has forgotten is sent again', 'pending', notDone, 'ready'],
  ])('%s', async (_, was, result, state) => {
    const { asked, finished } = await dispatch([claimed({ was })], result)
    expect(asked).toEqual([`${was === 'ready' ? 'move' : 'find'} ${payment}`])
    expect(finished).toMatchObject([{ state }])
  })

  it('waits as long as the bank asks, and between attempts', async () => {
    const [asked] = (await dispatch([claimed()], notDone)).finished
    expect(asked?.dueMs).toBeGreaterThanOrEqual(500)
    const [later] = (await dispatch([claimed()], { kind: 'pending' })).finished
    expect(later?.dueMs).toBe(777)
  })

  it('is given up after its last attempt, unless the bank has it', async () => {
    const last = claimed({ attempts: 5 })
    expect((await dispatch([last], unknown)).finished).toMatchObject([{ state: 'exhausted' }])
    expect((await dispatch([{ ...last, was: 'pending' }], unknown)).finished).toMatchObject([{ state: 'pending' }])
    expect((await dispatch([last], settled)).finished).toMatchObject([{ state: 'reported' }])
  })

  it('is as it was when the circuit is open', async () => {
    const { asked, finished } = await dispatch([claimed({ was: 'calling' })], settled, { isBankAway: true })
    expect(asked).toEqual([])
    expect(finished).toMatchObject([{ state: 'unknown', result: { kind: 'not_asked' } }])
  })

  it('is left to its lease when its answer reaches nobody', async () => {
    expect((await dispatch([claimed()], settled, { isKafkaAway: true })).finished).toEqual([])
  })
})

describe('a dispatcher', () => {
  it('reports all that the bank answers while it is reporting', async () => {
    const tasks = Array.from({ length: 50 }, (_, index) => claimed({ id: index.toString(16).padStart(32, '0') }))
    const { finished } = await dispatch(tasks, settled, { slowly: true })
    expect(new Set(finished.map(({ task }) => task.id)).size).toBe(50)
  })

  it('has no more in hand than it may', async () => {
    const tasks = Array.from({ length: 20 }, (_, index) => claimed({ id: index.toString(16).padStart(32, '0') }))
    const { finished, claims } = await dispatch(tasks, settled)
    expect(finished).toHaveLength(20)
    expect(Math.max(...claims)).toBe(3)
  })
})
