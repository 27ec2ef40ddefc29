import { describe, expect, it } from '@jest/globals'
import { SharedCall } from './shared-call.ts'

describe('a shared call', () => {
  it('answers everybody who asked before it was sent, and nobody who asked after', async () => {
    const sent: ((answer: number) => void)[] = []
    const call = new SharedCall(() => new Promise<number>((resolve) => sent.push(resolve)))
    const early = [call.ask(), call.ask()]
    await new Promise(setImmediate)
    expect(sent.length).toBe(1)
    const late = [call.ask(), call.ask()]
    await new Promise(setImmediate)
    expect(sent.length).toBe(1)
    sent[0]?.(1)
    expect(await Promise.all(early)).toEqual([1, 1])
    await new Promise(setImmediate)
    expect(sent.length).toBe(2)
    sent[1]?.(2)
    expect(await Promise.all(late)).toEqual([2, 2])
  })

  it('fails for those who shared it, and is made again', async () => {
    let calls = 0
    const call = new SharedCall(() => (calls++ === 0 ? Promise.reject(new Error('away')) : Promise.resolve(calls)))
    await expect(call.ask()).rejects.toThrow('away')
    expect(await call.ask()).toBe(2)
  })
})
