import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { spreadInstances } from './spread-instances.ts'

const instances = fc.integer({ min: 1, max: 200 })
const tierLists = fc.array(fc.record({ tier: fc.string(), needed: instances, neededAfterLoss: instances }), {
  minLength: 1,
  maxLength: 4,
})

describe('instances on nodes', () => {
  it('still carry the peak when any nodes that may die are gone', () => {
    fc.assert(
      fc.property(
        tierLists,
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 64 }),
        (tiers, survive, cores) => {
          const spread = spreadInstances(tiers, survive, cores)
          for (const { instances: placed, needed, neededAfterLoss } of spread.tiers) {
            expect(placed).toBeGreaterThanOrEqual(needed)
            // Evenly: the fullest nodes hold one more than the others, and those may be the ones that die.
            const onNode = Array.from(
              { length: spread.nodes },
              (_, node) => Math.floor(placed / spread.nodes) + (node < placed % spread.nodes ? 1 : 0),
            )
            const left = onNode.slice(survive).reduce((sum, count) => sum + count, 0)
            expect(left).toBeGreaterThanOrEqual(neededAfterLoss)
          }
          const all = spread.tiers.reduce((sum, tier) => sum + tier.instances, 0)
          expect(all).toBeLessThanOrEqual(spread.nodes * cores)
        },
      ),
    )
  })

  it('need no more than they need when nothing may die', () => {
    const { nodes, tiers } = spreadInstances([{ tier: 'nginx', needed: 5, neededAfterLoss: 5 }], 0, 4)
    expect(nodes).toBe(2)
    expect(tiers).toEqual([{ tier: 'nginx', needed: 5, neededAfterLoss: 5, instances: 5, afterLoss: 5 }])
  })

  it('are refused where no number of nodes is enough', () => {
    expect(() => spreadInstances([{ tier: 'nginx', needed: 20_000, neededAfterLoss: 1 }], 0, 1)).toThrow(
      'more than 10000',
    )
  })
})
