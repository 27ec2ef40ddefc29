import { createRequire } from 'node:module'

interface RequestQueue {
  readonly pending: readonly unknown[]
}
interface RequestQueuePrototype {
  scheduleCheckPendingRequests: (this: RequestQueue) => void
}

const require = createRequire(import.meta.url)
const patched = new WeakSet()

/**
 * Stops the timer that kafkajs 2.2.4 leaves running on every connection for ever (tulios/kafkajs#1704).
 *
 * `RequestQueue.scheduleCheckPendingRequests` sets a timer also when nothing is pending, and the timer's check sets the
 * next one, each with a delay of about zero: 4–5 % of a core for one idle producer, 0.2 % with this. A queue with
 * nothing pending needs no check: `push` schedules one when it enqueues, an answer checks when it arrives.
 *
 * @throws TypeError when kafkajs no longer has that function, so that an update cannot bring the bug back unseen
 */
export function stopIdleTimers(): void {
  const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueuePrototype }
  if (patched.has(prototype)) return
  const original = prototype.scheduleCheckPendingRequests
  if (!(original instanceof Function)) throw new TypeError('kafkajs has changed: review kafkajs-idle-timer.ts')
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) original.call(this)
  }
  patched.add(prototype)
}
