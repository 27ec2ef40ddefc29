/** Waiting on conditions, never on time. */
import { setTimeout as delay } from 'node:timers/promises'
import { ClusterError } from './cluster-error.ts'

/** Between two probes: short against the second that a node takes to start, long against a probe's own cost. */
const PROBE_INTERVAL_MS = 50

/** What a probe found: undefined when the condition holds, otherwise why it does not yet. */
export type NotYet = string | undefined

/**
 * Probes until the condition holds.
 *
 * @param what  for the message: "waited 10 s for <what>: <last reason>"
 * @throws ClusterError `timed_out`, or `aborted` when the signal fires
 */
export async function waitUntil(
  what: string,
  timeoutMs: number,
  probe: () => Promise<NotYet> | NotYet,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    throwIfAborted(signal)
    const reason = await probe()
    if (reason === undefined) return
    if (performance.now() >= deadline) {
      throw new ClusterError('timed_out', `waited ${timeoutMs / 1000} s for ${what}: ${reason}`)
    }
    await delay(PROBE_INTERVAL_MS)
  }
}

/** @throws ClusterError `aborted` */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new ClusterError('aborted', 'stopped before it was ready')
}
