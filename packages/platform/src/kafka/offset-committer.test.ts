import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { createLogger } from '../logging.ts'
import type { PartitionSlice } from './message-batch.ts'
import { OffsetCommitter } from './offset-committer.ts'

const slice = (partition: number, nextOffset: number): PartitionSlice => ({
  partition,
  nextOffset,
  firstOffset: 0,
  messages: [],
})

describe('the committer', () => {
  const committed: string[] = []
  let committer: OffsetCommitter

  beforeEach(() => {
    jest.useFakeTimers()
    committed.length = 0
    committer = new OffsetCommitter(
      (offsets) => {
        committed.push(offsets.map(({ partition, offset }) => `${partition}:${offset}`).join(' '))
        return Promise.resolve()
      },
      createLogger('test', 'fatal'),
    )
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  it('commits what is published, once for many batches', async () => {
    await committer.add([slice(0, 5)], Promise.resolve())
    await committer.add([slice(0, 9), slice(1, 2)], Promise.resolve())
    await jest.advanceTimersByTimeAsync(1000)
    expect(committed).toEqual(['0:9 1:2'])
  })

  it('holds back what comes after a batch that is not published', async () => {
    const gate = Promise.withResolvers<undefined>()
    await committer.add([slice(0, 5)], Promise.resolve())
    await committer.add([slice(0, 9)], gate.promise)
    await committer.add([slice(0, 12)], Promise.resolve())
    await jest.advanceTimersByTimeAsync(1000)
    expect(committed).toEqual(['0:5'])
    gate.resolve(undefined)
    await jest.advanceTimersByTimeAsync(1000)
    expect(committed).toEqual(['0:5', '0:12'])
  })

  it('never commits past a publication that was given up', async () => {
    await committer.add([slice(0, 5)], Promise.reject(new Error('given up')))
    await committer.add([slice(0, 9)], Promise.resolve())
    await committer.stop()
    expect(committed).toEqual([])
  })

  it('makes the next batch wait for room', async () => {
    const gate = Promise.withResolvers<undefined>()
    let isFull = true
    for (let batch = 1; batch < 4; batch++) await committer.add([slice(0, batch)], gate.promise)
    const fourth = committer.add([slice(0, 4)], Promise.resolve()).then(() => (isFull = false))
    await jest.advanceTimersByTimeAsync(0)
    expect(isFull).toBe(true)
    gate.resolve(undefined)
    await fourth
    expect(committer.depth).toBeLessThan(4)
  })

  it('forgets what an earlier assignment published', async () => {
    const gate = Promise.withResolvers<undefined>()
    await committer.add([slice(0, 5)], gate.promise)
    committer.reset()
    gate.resolve(undefined)
    await committer.stop()
    expect(committed).toEqual([])
  })
})
