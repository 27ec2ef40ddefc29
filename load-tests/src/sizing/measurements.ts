/**
 * What a sweep measured, as a file: all that the sizing is computed from. Readers check `schema`, as those of
 * `summary.json` do. Names end with their unit.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '@paycluster/cluster/cluster-error'
import { projectRoot } from '@paycluster/cluster/project-root'
import { z } from 'zod'
import { LoadError } from '../load-error.ts'
import { calibrationSchema, environmentSchema, usageSchema } from '../report/summary-schema.ts'

export const MEASUREMENTS_SCHEMA = 1

/** Measured by the project itself; `npm run size` goes by it unless told otherwise. */
export const REFERENCE_FILE = join(projectRoot, 'load-tests/sizing/reference.json')

const list = <T extends z.ZodType>(item: T) => z.array(item).readonly()
const count = z.number().int().min(0)
const amount = z.number().min(0)

const levelSchema = z.object({
  users: z.number().int().positive().describe('at once; without think time all of them are in flight'),
  thinkS: amount.describe('mean pause after an answer'),
  runId: z.string(),
  measuredS: z.number().positive(),
  requestsPerS: amount,
  readsPerS: amount,
  writesPerS: amount,
  failed: count.describe('of the whole run'),
  meanMs: amount.describe('of all measured requests, as k6 saw them'),
  p95Ms: amount,
  readP95Ms: amount,
  acceptP95Ms: amount,
  commandsABatch: amount.describe('payments in one transaction, on average over the run'),
  usage: usageSchema,
  calibration: z.object({ before: calibrationSchema, after: calibrationSchema }),
  doubts: list(z.string()),
  verdict: z.string(),
})

const ioSchema = z.object({ writes: amount, extends: amount, fsyncs: amount, bytes: amount })

const growthSchema = z.object({
  payments: z.number().int().positive().describe('posted between the two looks'),
  batches: amount.describe('transactions that posted them'),
  tableBytes: z.record(z.string(), z.number()).describe('of each table with its indexes'),
  walBytes: amount,
  walFullPages: amount.describe('images of whole pages in it'),
  relationIo: ioSchema.describe('of the primary, but for its write-ahead log'),
  walIo: ioSchema,
  commandBytes: amount.describe('of segments on the broker’s disk'),
  eventBytes: amount,
})

const keysSchema = z.object({ keys: count, meanBytes: amount.describe('MEMORY USAGE of a sample') })

const redisSchema = z.object({
  usedBytes: amount,
  evictedKeys: count,
  prefixes: z.record(z.string(), keysSchema),
})

export const measurementsSchema = z.object({
  schema: z.literal(MEASUREMENTS_SCHEMA),
  takenAt: z.iso.datetime(),
  environment: environmentSchema,
  mix: z.object({ readsAWrite: z.number().positive() }),
  levels: list(levelSchema).describe('in the order in which they ran'),
  growth: growthSchema,
  redis: redisSchema,
  connections: z.record(z.string(), count).describe('to the primary, by application'),
})

export type Measurements = z.output<typeof measurementsSchema>
export type Level = z.output<typeof levelSchema>
export type Growth = z.output<typeof growthSchema>

/** @throws LoadError `no_measurements` that names the file and what is wrong with it */
export function readMeasurements(path: string): Measurements {
  try {
    return measurementsSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    const [issue] = cause instanceof z.ZodError ? cause.issues : []
    const why = issue === undefined ? messageOf(cause) : `${issue.path.join('.')}: ${issue.message}`
    throw new LoadError('no_measurements', `${path} holds no measurements of a sweep: ${why}`, {
      remedy: 'npm run size -- measure --out <file>',
      cause,
    })
  }
}
