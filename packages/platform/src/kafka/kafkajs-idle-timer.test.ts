import { createRequire } from 'node:module'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { stopIdleTimers } from './kafkajs-idle-timer.ts'

interface Queue {
  push(request: { entry: { correlationId: number }; sendRequest: () => void }): void
  fulfillRequest(response: { correlationId: number; payload: Buffer; size: number }): void
  destroy(): void
}
const require = createRequire(import.meta.url)
const RequestQueue = require('kafkajs/src/network/requestQueue') as new (options: object) => Queue

const nothing = (): void => undefined
const logger = { debug: nothing, warn: nothing }
const request = (correlationId: number, sendRequest: () => void) => ({
  entry: { correlationId, resolve: nothing, reject: nothing },
  expectResponse: true,
  sendRequest,
})
const answer = (correlationId: number) => ({ correlationId, payload: Buffer.alloc(0), size: 0 })

describe('a connection of kafkajs', () => {
  beforeEach(() => {
    jest.useFakeTimers()
  })
  afterEach(() => {
    jest.useRealTimers()
  })
  stopIdleTimers()

  it('sets no timer while nothing is pending', () => {
    const queue = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 1000, logger })
    queue.push(request(1, nothing))
    queue.fulfillRequest(answer(1))
    expect(jest.getTimerCount()).toBe(0)
  })

  it('still sends what had to wait', () => {
    const queue = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 1000, logger })
    const sent: number[] = []
    for (const id of [1, 2]) queue.push(request(id, () => sent.push(id)))
    expect(sent).toEqual([1])
    queue.fulfillRequest(answer(1))
    expect(sent).toEqual([1, 2])
    queue.fulfillRequest(answer(2))
    queue.destroy()
    expect(jest.getTimerCount()).toBe(0)
  })
})
