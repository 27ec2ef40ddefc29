import { describe, expect, it } from '@jest/globals'
import type { Pool } from 'pg'
import { commandSchema } from '@paycluster/contracts'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { createLogger } from '@paycluster/platform/logging'
import { HoldSweeper } from './hold-sweeper.ts'

const ids = new IdCodec('a secret for tests, of 32 letters or more')
const hold = (n: number) => ({ id: String(n).padStart(32, '0'), client_id: 7, source_id: 'a'.repeat(32) })

/** A ledger with holds that are due, and a log. */
function setUp(due: ReturnType<typeof hold>[]) {
  const sent: { key: string; value: string }[] = []
  const statements: string[] = []
  const released: unknown[] = []
  const log: { isAway: boolean } = { isAway: false }
  const clock = { nowMs: 1_764_201_600_000, now: () => clock.nowMs }
  const pool = {
    connect: () =>
      Promise.resolve({
        query: (statement: string | { name: string }) => {
          statements.push(typeof statement === 'string' ? statement : statement.name)
          return Promise.resolve({ rows: typeof statement === 'string' ? [] : due })
        },
        release: (broken?: unknown) => released.push(broken),
      }),
  } as unknown as Pool
  const commands = {
    send: (messages: readonly unknown[]) => {
      if (log.isAway) return Promise.reject(new Error('Kafka is away'))
      sent.push(...(messages as typeof sent))
      return Promise.resolve()
    },
  }
  const logger = createLogger('test', 'fatal')
  const sweeper = new HoldSweeper({ pool, commands, ids, clock, logger, intervalMs: 1000 })
  return { sweeper, sent, statements, released, clock, log }
}

describe('sweeping holds', () => {
  it('sends a command that the worker reads, to the partition of the payer, under the lock', async () => {
    const { sweeper, sent, statements, released } = setUp([hold(1)])
    expect(await sweeper.sweep()).toBe(1)
    const [message] = sent
    const payment = ids.fromUuid('pay', hold(1).id, 7)
    expect(commandSchema.parse(JSON.parse(message?.value ?? ''))).toMatchObject({ type: 'payment.expire', payment })
    expect(message?.key).toBe(ids.fromUuid('acc', hold(1).source_id, 7))
    expect(statements).toEqual(['BEGIN', 'read-expired-holds', 'COMMIT'])
    expect(released).toEqual([undefined])
  })

  it('sends none twice within a minute, so that the log does not fill while nothing can be posted', async () => {
    const { sweeper, sent, clock } = setUp([hold(1), hold(2)])
    await sweeper.sweep()
    clock.nowMs += 59_000
    expect(await sweeper.sweep()).toBe(0)
    clock.nowMs += 2_000
    expect(await sweeper.sweep()).toBe(2)
    expect(new Set(sent.map(({ value }) => (JSON.parse(value) as { id: string }).id)).size).toBe(2)
  })

  it('tries again what the log did not take, on another connection', async () => {
    const { sweeper, sent, released, log } = setUp([hold(1)])
    log.isAway = true
    await expect(sweeper.sweep()).rejects.toThrow('away')
    expect(released).toEqual([true])
    log.isAway = false
    expect(await sweeper.sweep()).toBe(1)
    expect(sent).toHaveLength(1)
  })
})
