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
  return drivenOf([await runLoops(concurrency, 0, count, send, stop)])
}

/**
 * As {@link drive}, in parts, with something to be made ready before each, which is not measured.
 *
 * @param part  requests of a part, but for the last one
 */
export async function driveInParts(
  concurrency: number,
  count: number,
  part: number,
  makeReady: () => Promise<unknown>,
  send: (n: number) => Promise<unknown>,
  stop: AbortSignal,
): Promise<Driven> {
  const parts: Loops[] = []
  for (let from = 0; from < count; from += part) {
    await makeReady()
    parts.push(await runLoops(concurrency, from, Math.min(from + part, count), send, stop))
  }
  return drivenOf(parts)
}

interface Loops {
  readonly latenciesMs: readonly number[]
  readonly elapsedS: number
  readonly cpuMicros: number
}

async function runLoops(
  concurrency: number,
  from: number,
  to: number,
  send: (n: number) => Promise<unknown>,
  stop: AbortSignal,
): Promise<Loops> {
  const latenciesMs: number[] = []
  let next = from
  const cpuBefore = process.cpuUsage()
  const fromMs = performance.now()
  const loop = async (): Promise<void> => {
    while (next < to) {
      stop.throwIfAborted()
      const n = next++
      const startedAtMs = performance.now()
      await send(n)
      latenciesMs.push(performance.now() - startedAtMs)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, to - from) }, loop))
  const elapsedS = (performance.now() - fromMs) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  return { latenciesMs, elapsedS, cpuMicros: cpu.user + cpu.system }
}

function drivenOf(parts: readonly Loops[]): Driven {
  const latenciesMs = parts.flatMap((part) => part.latenciesMs)
  const sum = (of: (part: Loops) => number): number => parts.reduce((all, part) => all + of(part), 0)
  const count = latenciesMs.length
  const elapsedS = sum((part) => part.elapsedS)
  return {
    count,
    elapsedS,
    perS: count / elapsedS,
    latencyMs: percentilesOf(latenciesMs),
    clientMicros: sum((part) => part.cpuMicros) / count,
  }
}
