import { describe, expect, it } from '@jest/globals'
import { countersBetween, type ResourceCounters } from './resource-counters.ts'

const io = (value: number) => ({ writes: value, extends: value, fsyncs: value, bytes: value })

describe('counters of resources', () => {
  it('tell what grew between two looks, a table that is new among it', () => {
    const before: ResourceCounters = {
      tableBytes: { payments: 100 },
      walBytes: 1000,
      walFullPages: 1,
      relationIo: io(1),
      walIo: io(10),
      commandBytes: 5,
      eventBytes: 6,
    }
    const after: ResourceCounters = {
      tableBytes: { payments: 150, holds: 20 },
      walBytes: 3000,
      walFullPages: 4,
      relationIo: io(4),
      walIo: io(30),
      commandBytes: 55,
      eventBytes: 106,
    }
    expect(countersBetween(before, after)).toEqual({
      tableBytes: { payments: 50, holds: 20 },
      walBytes: 2000,
      walFullPages: 3,
      relationIo: io(3),
      walIo: io(20),
      commandBytes: 50,
      eventBytes: 100,
    })
  })
})
