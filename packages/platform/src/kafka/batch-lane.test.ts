import { describe, expect, it } from '@jest/globals'
import type { Batch, KafkaMessage } from 'kafkajs'
import { BatchLane, type BatchLaneOptions, type LanePayload } from './batch-lane.ts'
import type { BatchVerdict, MessageBatch } from './message-batch.ts'

interface Fetched {
  readonly payload: LanePayload
  /** Offsets that were resolved, in order. */
  readonly resolved: string[]
}

/** @param sizes  the bytes of each message, or how many there are, of one byte each */
function fetched(
  partition: number,
  first: number,
  sizes: number | readonly number[],
  more: Partial<LanePayload> = {},
): Fetched {
  const messages = (typeof sizes === 'number' ? Array.from({ length: sizes }, () => 1) : sizes).map(
    (size, index) => ({ offset: String(first + index), value: Buffer.alloc(size) }) as KafkaMessage,
  )
  const resolved: string[] = []
  const payload: LanePayload = {
    batch: { topic: 't', partition, messages } as unknown as Batch,
    resolveOffset: (offset) => resolved.push(offset),
    heartbeat: () => Promise.resolve(),
    isRunning: () => true,
    isStale: () => false,
    ...more,
  }
  return { payload, resolved }
}

const shapeOf = ({ slices }: MessageBatch): string[] =>
  slices.map(({ partition, firstOffset, nextOffset }) => `${partition}:${firstOffset}-${nextOffset}`)

interface Seen {
  readonly batches: string[][]
  readonly handled: string[]
  readonly seeks: string[]
}

function laneWith(
  handle: BatchLaneOptions['handle'],
  options: Partial<BatchLaneOptions> = {},
): { lane: BatchLane; seen: Seen } {
  const seen: Seen = { batches: [], handled: [], seeks: [] }
  const lane = new BatchLane({
    topic: 't',
    maxMessages: 100,
    maxBytes: 1000,
    concurrency: 1,
    lingerMs: 0,
    handle: (batch) => {
      seen.batches.push(shapeOf(batch))
      return handle(batch)
    },
    onHandled: (slices) => {
      seen.handled.push(...slices.map(({ partition, nextOffset }) => `${partition}:${nextOffset}`))
      return Promise.resolve()
    },
    seek: (partition, offset) => seen.seeks.push(`${partition}:${offset}`),
    ...options,
  })
  return { lane, seen }
}

const handled = (): Promise<BatchVerdict> => Promise.resolve({ kind: 'handled', published: Promise.resolve() })

describe('a lane', () => {
  it('merges what one fetch brought of several partitions', async () => {
    const { lane, seen } = laneWith(handled)
    const a = fetched(0, 10, 3)
    const b = fetched(1, 0, 1)
    await Promise.all([lane.add(a.payload), lane.add(b.payload)])
    expect(seen.batches).toEqual([['0:10-13', '1:0-1']])
    expect([a.resolved, b.resolved]).toEqual([['12'], ['0']])
    expect(seen.handled).toEqual(['0:13', '1:1'])
  })

  it('cuts batches at the bound, in the order of each partition', async () => {
    const { lane, seen } = laneWith(handled, { maxMessages: 4 })
    const a = fetched(0, 0, 6)
    const b = fetched(1, 0, 3)
    await Promise.all([lane.add(a.payload), lane.add(b.payload)])
    expect(seen.batches).toEqual([['0:0-4'], ['0:4-6', '1:0-2'], ['1:2-3']])
    expect(a.resolved).toEqual(['3', '5'])
  })

  it('cuts batches at their bytes, and lets a message that is larger by itself be alone', async () => {
    const { lane, seen } = laneWith(handled, { maxBytes: 10 })
    const a = fetched(0, 0, [4, 4, 4, 11, 2])
    const b = fetched(1, 0, [2, 2])
    await Promise.all([lane.add(a.payload), lane.add(b.payload)])
    expect(seen.batches).toEqual([['0:0-2', '1:0-1'], ['0:2-3', '1:1-2'], ['0:3-4'], ['0:4-5']])
    expect(a.resolved).toEqual(['1', '2', '3', '4'])
  })

  it('handles one batch at a time, and gathers meanwhile', async () => {
    const gates: (() => void)[] = []
    const { lane, seen } = laneWith(async () => {
      await new Promise<void>((open) => gates.push(open))
      return { kind: 'handled', published: Promise.resolve() }
    })
    const first = lane.add(fetched(0, 0, 1).payload)
    await turn()
    const others = [lane.add(fetched(1, 0, 1).payload), lane.add(fetched(2, 0, 1).payload)]
    await turn()
    expect(seen.batches).toEqual([['0:0-1']])
    gates.shift()?.()
    await first
    await turn()
    expect(seen.batches[1]).toEqual(['1:0-1', '2:0-1'])
    gates.shift()?.()
    await Promise.all(others)
  })

  it('takes a second batch in hand when more waits than one holds, and never two of one partition', async () => {
    const gates: (() => void)[] = []
    const { lane, seen } = laneWith(
      async () => {
        await new Promise<void>((open) => gates.push(open))
        return { kind: 'handled', published: Promise.resolve() }
      },
      { maxMessages: 3, concurrency: 2 },
    )
    const added = [lane.add(fetched(0, 0, 5).payload), lane.add(fetched(1, 0, 2).payload)]
    await turn()
    expect(seen.batches).toEqual([['0:0-3'], ['1:0-2']])
    gates[1]?.()
    await added[1]
    await turn()
    expect(seen.batches).toHaveLength(2)
    gates[0]?.()
    await turn()
    expect(seen.batches[2]).toEqual(['0:3-5'])
    gates[2]?.()
    await added[0]
    expect(seen.handled).toEqual(['1:2', '0:3', '0:5'])
    expect(lane.isBusy).toBe(false)
  })

  it('lets the second batch finish when the first one fails', async () => {
    const gates: (() => void)[] = []
    const { lane, seen } = laneWith(
      async ({ slices }) => {
        if (slices[0]?.partition === 0) throw new Error('defect')
        await new Promise<void>((open) => gates.push(open))
        return { kind: 'handled', published: Promise.resolve() }
      },
      { maxMessages: 1, concurrency: 2 },
    )
    const first = lane.add(fetched(0, 0, 1).payload)
    const second = lane.add(fetched(1, 0, 1).payload)
    await expect(first).rejects.toThrow('defect')
    const stopped = lane.stop()
    gates[0]?.()
    await Promise.all([second, stopped])
    expect(seen.handled).toEqual(['1:1'])
  })

  it('seeks back what is refused, and handles the others again without it', async () => {
    let refusals = 1
    const { lane, seen } = laneWith(() =>
      refusals-- > 0 ? Promise.resolve({ kind: 'rewind', offsets: new Map([[0, 2]]) }) : handled(),
    )
    const a = fetched(0, 10, 3)
    const b = fetched(1, 0, 1)
    await Promise.all([lane.add(a.payload), lane.add(b.payload)])
    expect(seen.seeks).toEqual(['0:2'])
    expect(seen.batches).toEqual([['0:10-13', '1:0-1'], ['1:0-1']])
    expect([a.resolved, b.resolved]).toEqual([[], ['0']])
  })

  it('drops partitions that were lost while they waited', async () => {
    const { lane, seen } = laneWith(handled)
    const stale = fetched(0, 0, 1, { isStale: () => true })
    await lane.add(stale.payload)
    expect(seen.batches).toEqual([])
    expect(stale.resolved).toEqual([])
  })

  it('lets the consumer fetch again what a handler threw at', async () => {
    const { lane } = laneWith(() => Promise.reject(new Error('defect')))
    const a = fetched(0, 0, 1)
    await expect(lane.add(a.payload)).rejects.toThrow('defect')
    expect(a.resolved).toEqual([])
  })

  it('abandons what cannot finish when it stops, and gives up what waits', async () => {
    const { lane, seen } = laneWith(
      ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            resolve({ kind: 'abandoned' })
          })
        }),
      { maxMessages: 1 },
    )
    const a = fetched(0, 0, 2)
    const added = lane.add(a.payload)
    await turn()
    await lane.stop()
    await added
    expect(seen.batches).toEqual([['0:0-1']])
    expect(a.resolved).toEqual([])
  })
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
