import { describe, expect, it } from '@jest/globals'
import type { DeadLetter } from '../dead-letters/dead-letter.ts'
import type { BatchCommand, BatchPayment } from './batch-command.ts'
import { postIsolating } from './post-isolating.ts'
import type { Batch, Poster } from './post-batch.ts'

const RANGE = { partition: 0, firstOffset: 10, nextOffset: 20 }

const payment = (id: string, group?: { id: string }): BatchPayment => {
  const made = { type: 'payment', id } as BatchPayment
  return group === undefined ? made : { ...made, atomic: group }
}

/** A ledger that cannot hold some commands; remembers what it was given and what it took. */
function ledgerWithout(poison: readonly string[]) {
  const given: Batch[] = []
  const taken: Batch[] = []
  const poster: Poster = {
    post: (batch) => {
      given.push(batch)
      if (batch.commands.some(({ id }) => poison.includes(id))) return Promise.reject(new RangeError('poison'))
      taken.push(batch)
      return Promise.resolve({ position: { lsn: 1n, timeline: 1 }, outcomes: [], balances: [] })
    },
  }
  const post = async (commands: readonly BatchCommand[]) => {
    const result = await postIsolating(poster, { topic: 't', ranges: [RANGE], commands })
    if ('refused' in result) throw new Error('refused')
    return result.poison.map(({ command }) => command.id)
  }
  return { given, taken, poster, post }
}

const idsOf = (batches: readonly Pick<Batch, 'commands'>[]): string[] =>
  batches.flatMap(({ commands }) => commands.map(({ id }) => id))

describe('isolating a command that the ledger cannot hold', () => {
  it('posts the others, in order, and moves the offsets with the last of them', async () => {
    const { taken, post } = ledgerWithout(['3', '6'])
    const commands = ['1', '2', '3', '4', '5', '6'].map((id) => payment(id))
    expect(await post(commands)).toEqual(['3', '6'])
    expect(idsOf(taken)).toEqual(['1', '2', '4', '5'])
    expect(taken.slice(0, -1).every(({ ranges }) => ranges[0]?.nextOffset === 10)).toBe(true)
    expect(taken.at(-1)?.ranges).toEqual([RANGE])
  })

  it('gives an atomic batch up as a whole, and never parts one', async () => {
    const groups = [{ id: 'a' }, { id: 'b' }]
    const commands = [
      ...['1', '2', '3'].map((id) => payment(id, groups[0])),
      ...['4', '5', '6'].map((id) => payment(id, groups[1])),
      payment('7'),
    ]
    const { given, taken, post } = ledgerWithout(['5'])
    expect(await post(commands)).toEqual(['4', '5', '6'])
    expect(idsOf(taken)).toEqual(['1', '2', '3', '7'])
    for (const { commands: part } of given)
      for (const group of groups)
        expect([0, 3]).toContain(part.filter((one) => one.type === 'payment' && one.atomic === group).length)
  })

  it('records what it gives up in the transaction that passes it, and the rest with the last one', async () => {
    const letter = (id: string) => ({ id, attempts: 1, reason: '', atMs: 0 }) as DeadLetter
    const { taken, poster } = ledgerWithout(['2'])
    await postIsolating(poster, {
      topic: 't',
      ranges: [RANGE],
      commands: ['1', '2', '3', '4'].map((id) => payment(id)),
      letters: [letter('unreadable')],
      letterOf: ({ id }) => letter(id),
    })
    expect(taken.map(({ commands, letters = [] }) => [idsOf([{ commands }]), letters.map(({ id }) => id)])).toEqual([
      [['1'], []],
      [[], ['2']],
      [['3', '4'], ['unreadable']],
    ])
  })

  it('does not post more than a thousand in one transaction, but for one atomic batch', async () => {
    const { given, post } = ledgerWithout([])
    await post(Array.from({ length: 4500 }, (_, n) => payment(String(n))))
    expect(idsOf(given)).toHaveLength(4500)
    expect(Math.max(...given.map(({ commands }) => commands.length))).toBeLessThanOrEqual(1000)
  })
})
