/** A closed loop: so many requests under way, a new one as soon as an answer is there. */
import { percentilesOf, type Percentiles } from '../../report/percentile.ts'

export interface Driven {
  readonly count: number
  readonly elapsedS: number
  readonly perS: number
  readonly latencyMs: Percentiles | undefined
  /** CPU time of this process a request, in microseconds: what the client costs. */
  readonly clientMicros: number
}

/**
 * @param concurrency  loops, each with one request under way
 * @param count  requests in all
 * @param send  makes the n-th request, from 0, and judges its answer
 * @throws what `send` throws, and the signal's reason
 */
export async function drive(
  concurrency: number,
  count: number,
  send: (n: number) => Promise<unknown>,
  stop: AbortSignal,
): Promise<Driven> {
  const latenciesMs: number[] = []
  let next = 0
  const cpuBefore = process.cpuUsage()
  const fromMs = performance.now()
  const loop = async (): Promise<void> => {
    while (next < count) {
      stop.throwIfAborted()
      const n = next++
      const startedAtMs = performance.now()
      await send(n)
      latenciesMs.push(performance.now() - startedAtMs)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, loop))
  const elapsedS = (performance.now() - fromMs) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  return {
    count,
    elapsedS,
    perS: count / elapsedS,
    latencyMs: percentilesOf(latenciesMs),
    clientMicros: (cpu.user + cpu.system) / count,
  }
}
