import { describe, expect, it } from '@jest/globals'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { BatchCommand, BatchPayment } from 'payment-worker/posting/batch-command'
import type { Cell } from './cells.ts'
import { isNth, planCell } from './plan-commands.ts'

const codec = new IdCodec('a cluster secret of more than 32 characters')
const accounts = (count: number) => Array.from({ length: count }, () => codec.random('acc', 2))
const cast = { client: 2, customers: accounts(11), merchants: accounts(3) }
const mixed: Cell = {
  ...{ name: 'mixed', method: 'batch', stage: 'quorum', batch: 50, writers: 2, merchants: 1000 },
  ...{ declined: 0.2, repeated: 0.1 },
}
const plan = (changes: Partial<Cell> = {}, run = 'run-1') =>
  planCell(codec, cast, { ...mixed, ...changes }, run, 1000, 1_764_201_600_000)

const isPayment = (command: BatchCommand): command is BatchPayment => command.type === 'payment'

describe('the plan of a cell', () => {
  const { writers, expected } = plan()
  const commands = writers.flat(2)

  it('counts what the ledger must hold', () => {
    // 20 batches of 50, all but the first of each of two writers with 5 repeated ones.
    expect(expected).toMatchObject({ commands: 1000, repeated: 90, payments: 910 })
    expect(expected.declined).toBe(182)
    expect(commands).toHaveLength(expected.commands)
    expect(new Set(commands.map(({ id }) => id)).size).toBe(expected.payments)
    const effects = [...expected.effects.values()]
    expect(effects.reduce((sum, { delta }) => sum + delta, 0)).toBe(0)
    expect(effects.reduce((sum, { entries }) => sum + entries, 0)).toBe(2 * expected.succeeded)
  })

  it('repeats what the same writer has posted before', () => {
    for (const batches of writers)
      batches.slice(1).forEach((batch, index) => {
        expect(batch.slice(0, 5)).toEqual(batches[index]?.slice(-5))
      })
  })

  it('gives each payer to one writer', () => {
    const [first, second] = writers.map(
      (batches) =>
        new Set(
          batches
            .flat()
            .filter(isPayment)
            .map(({ source }) => source),
        ),
    )
    expect([...(first ?? [])].filter((source) => second?.has(source))).toEqual([])
    expect((first?.size ?? 0) + (second?.size ?? 0)).toBe(cast.customers.length)
  })

  it('pays only as many merchants as the cell has', () => {
    const hot = plan({ merchants: 1 }).writers.flat(2).filter(isPayment)
    expect(new Set(hot.map(({ command }) => command.destination))).toEqual(new Set([cast.merchants[0]]))
  })

  it('captures and refunds what the same writer has made before, each once', () => {
    const mix = { batch: 100, isMixed: true, declined: 0, repeated: 0 }
    const mixedPlan = planCell(codec, cast, { ...mixed, ...mix }, 'run-1', 10_000, 1_764_201_600_000)
    const { operations, payments, effects } = mixedPlan.expected
    expect(operations / (operations + payments)).toBeGreaterThan(0.2)
    for (const batches of mixedPlan.writers) {
      const made = new Map<string, BatchPayment>()
      for (const command of batches.flat()) {
        if (isPayment(command)) made.set(command.id, command)
        else if (command.type === 'operation') {
          const of = made.get(command.payment)
          expect(of?.holdUntilMs !== null).toBe(command.command.type === 'payment.capture')
          made.delete(command.payment)
        }
      }
    }
    expect([...effects.values()].reduce((sum, { delta }) => sum + delta, 0)).toBe(0)
  })

  it('is the same for the same run, and shares no id with another', () => {
    expect(plan()).toEqual({ writers, expected })
    const other = new Set(
      plan({}, 'run-2')
        .writers.flat(2)
        .map(({ id }) => id),
    )
    expect(commands.some(({ id }) => other.has(id))).toBe(false)
  })
})

describe('a share', () => {
  it.each([0, 0.02, 0.2, 1])('of %d is exact', (share) => {
    expect(Array.from({ length: 1000 }, (_, n) => n).filter((n) => isNth(n, share))).toHaveLength(1000 * share)
  })
})
