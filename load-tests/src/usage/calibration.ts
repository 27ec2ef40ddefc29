/**
 * How fast the machine is at this moment, by work that never changes: taken before and after each run, so that a figure
 * can be read beside what the machine could do, and a machine that others use is seen.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { percentilesOf } from '../report/percentile.ts'
import { nginxCeiling } from './nginx-ceiling.ts'

export interface Calibration {
  /** The fixed work on every core at once: the median round of the slowest core, in ms. */
  readonly workMs: number
  /** Nginx alone, one worker, `return 200`, in requests a second; undefined where there is no Nginx. */
  readonly nginxPerS?: number | undefined
}

const messageSchema = z.object({ roundsMs: z.array(z.number()) })

/** Takes about a second. */
export async function calibrate(): Promise<Calibration> {
  const cores = await Promise.all(Array.from({ length: availableParallelism() }, () => workOnOneCore()))
  return { workMs: Math.max(...cores), nginxPerS: await nginxCeiling() }
}

/** @returns the median round, in ms */
function workOnOneCore(): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./calibration-work.js', import.meta.url))
    worker.once('message', (message) => {
      resolve(percentilesOf(messageSchema.parse(message).roundsMs)?.p50 ?? NaN)
    })
    worker.once('error', reject)
  })
}

export const calibrationText = ({ workMs, nginxPerS }: Calibration): string =>
  `calibration: ${workMs.toFixed(1)} ms a round of fixed work` +
  (nginxPerS === undefined ? '' : `, Nginx alone ${(nginxPerS / 1000).toFixed(0)}k req/s`)
