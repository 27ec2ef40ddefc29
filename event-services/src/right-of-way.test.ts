import { afterEach, describe, expect, it } from '@jest/globals'
import { Registry } from 'prom-client'
import { createLogger } from '@paycluster/platform/logging'
import { RightOfWay, type RightOfWayParts } from './right-of-way.ts'

type Admin = RightOfWayParts['admin']

/** A log of two partitions of which one has `waiting` commands that the worker has not done with. */
class ScriptedAdmin {
  waiting = 0
  isAway = false
  looks = 0
  connects = 0
  connect = (): Promise<void> => {
    this.connects += 1
    return Promise.resolve()
  }
  disconnect = (): Promise<void> => Promise.resolve()
  fetchTopicOffsets: Admin['fetchTopicOffsets'] = () => {
    this.looks += 1
    if (this.isAway) return Promise.reject(new Error('away'))
    const end = { offset: '0', low: '10', high: '10' }
    return Promise.resolve([
      { ...end, partition: 0 },
      { ...end, partition: 1, high: String(10 + this.waiting) },
    ])
  }
  fetchOffsets: Admin['fetchOffsets'] = () =>
    Promise.resolve([{ topic: 'payment.commands', partitions: [{ partition: 0, offset: '10', metadata: null }] }])
}

let ways: RightOfWay[] = []
afterEach(async () => {
  await Promise.all(ways.map((way) => way.stop()))
  ways = []
})

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10))
}

async function started(admin: ScriptedAdmin): Promise<RightOfWay> {
  const way = new RightOfWay({ admin, registry: new Registry(), logger: createLogger('test', 'fatal') })
  ways.push(way)
  way.start()
  const { looks } = admin
  await until(() => admin.looks > looks)
  // What was seen is known in the next turn.
  await new Promise((resolve) => setTimeout(resolve, 20))
  return way
}

describe('who listens', () => {
  it('goes on while little waits to be posted', async () => {
    const admin = new ScriptedAdmin()
    admin.waiting = 2000
    const way = await started(admin)
    await way.wait(new AbortController().signal)
  })

  it('waits until it is posted', async () => {
    const admin = new ScriptedAdmin()
    admin.waiting = 2001
    const way = await started(admin)
    let hasPassed = false
    const waited = way.wait(new AbortController().signal).then(() => {
      hasPassed = true
    })
    const { looks } = admin
    await until(() => admin.looks > looks)
    expect(hasPassed).toBe(false)
    admin.waiting = 0
    await waited
  })

  it('waits no longer when it is told to stop', async () => {
    const admin = new ScriptedAdmin()
    admin.waiting = 1_000_000
    const way = await started(admin)
    const stop = new AbortController()
    const waited = way.wait(stop.signal)
    stop.abort()
    await waited
  })

  it('gets on, if slowly, when that never ends', async () => {
    const admin = new ScriptedAdmin()
    admin.waiting = 1_000_000
    const way = await started(admin)
    await way.wait(new AbortController().signal)
    expect(admin.looks).toBeGreaterThan(1)
  })

  it('waits for nobody while Kafka is away, and connects again', async () => {
    const admin = new ScriptedAdmin()
    admin.waiting = 1_000_000
    admin.isAway = true
    const way = await started(admin)
    await way.wait(new AbortController().signal)
    const { connects } = admin
    await until(() => admin.connects > connects)
  })
})
