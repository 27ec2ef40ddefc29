import { describe, expect, it } from '@jest/globals'
import { commandSchema } from '@paycluster/contracts'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { backlogMessages, countBacklog } from './backlog-commands.ts'

const codec = new IdCodec('a cluster secret of more than 32 characters')
const plan = {
  runId: 'backlog-1',
  client: 2,
  customers: Array.from({ length: 7 }, () => codec.random('acc', 2)),
  merchant: codec.random('acc', 2),
  currency: 'USD',
  payments: 1000,
  isRepeating: true,
  nowMs: 1_764_201_600_000,
}
const messages = [...backlogMessages(codec, plan)]
const commands = messages.map(({ value }) => commandSchema.parse(JSON.parse(value)))

describe('a backlog', () => {
  it('holds what the ledger is to be checked against', () => {
    const counts = countBacklog(plan)
    expect(counts).toEqual({
      payments: 1000,
      succeeded: 980,
      declined: 20,
      repeated: 10,
      messages: 1010,
      paidMinor: 980,
    })
    expect(messages).toHaveLength(counts.messages)
    expect(new Set(commands.map(({ id }) => id)).size).toBe(counts.payments)
    const declined = commands.filter((command) => command.type === 'payment.create' && command.amount > 1)
    expect(new Set(declined.map(({ id }) => id)).size).toBe(counts.declined)
  })

  it('is keyed by the debited account, with ids of this cluster', () => {
    for (const [index, command] of commands.entries()) {
      expect(command).toMatchObject({ source: messages[index]?.key, destination: plan.merchant })
      expect(codec.isOwnedBy('pay', command.id, plan.client)).toBe(true)
    }
  })

  it('holds every command once where none is to be repeated', () => {
    const once = { ...plan, isRepeating: false }
    const values = [...backlogMessages(codec, once)].map(({ value }) => value)
    expect(new Set(values).size).toBe(values.length)
    expect(countBacklog(once)).toMatchObject({ payments: 1000, repeated: 0, messages: values.length })
  })

  it('repeats a command as it was, some way behind', () => {
    const firstAt = new Map<string, number>()
    const distances = messages.flatMap(({ value }, index) => {
      const earlier = firstAt.get(value)
      if (earlier === undefined) firstAt.set(value, index)
      return earlier === undefined ? [] : [index - earlier]
    })
    expect(distances).toHaveLength(10)
    expect(Math.max(...distances)).toBe(401)
  })
})
