import { describe, expect, it } from '@jest/globals'
import { drive, driveInParts } from './drive.ts'

const { signal } = new AbortController()

describe('a closed loop', () => {
  it('makes each request once, and never more at a time than it may', async () => {
    const sent: number[] = []
    let underWay = 0
    let most = 0
    const send = async (n: number): Promise<void> => {
      most = Math.max(most, ++underWay)
      sent.push(n)
      await Promise.resolve()
      underWay--
    }
    const { count, latencyMs } = await drive(3, 10, send, signal)
    expect(sent.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(most).toBe(3)
    expect([count, latencyMs?.count]).toEqual([10, 10])
  })

  it('in parts is made ready before each, with nothing under way', async () => {
    const said: (string | number)[] = []
    const makeReady = (): Promise<unknown> => Promise.resolve(said.push('ready'))
    const { count } = await driveInParts(1, 5, 2, makeReady, (n) => Promise.resolve(said.push(n)), signal)
    expect(said).toEqual(['ready', 0, 1, 'ready', 2, 3, 'ready', 4])
    expect(count).toBe(5)
  })

  it('ends with the first request that fails', async () => {
    await expect(drive(2, 10, (n) => Promise.reject(new Error(`request ${n}`)), signal)).rejects.toThrow('request 0')
  })
})
