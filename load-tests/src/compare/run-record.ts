/** What a run left behind, read back. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { messageOf } from '@paycluster/cluster/cluster-error'
import { LoadError } from '../load-error.ts'
import { summarySchema, timelineSchema, type Summary, type TimelineFile } from '../report/summary-schema.ts'

export interface RunRecord {
  readonly summary: Summary
  /** Undefined when the folder has none. */
  readonly timeline: TimelineFile | undefined
}

/** Repeated runs of what is compared. */
export interface Side {
  /** As it was asked for. */
  readonly name: string
  readonly runs: readonly RunRecord[]
}

/** @throws LoadError `no_run` when the folder holds no run that ended, or one of another version of the suite */
export function readRun(folder: string): RunRecord {
  const summary = readFile(join(folder, 'summary.json'), summarySchema)
  if (summary === undefined) throw new LoadError('no_run', `${folder} holds no summary.json: the run did not end`)
  return { summary, timeline: readFile(join(folder, 'timeline.json'), timelineSchema) }
}

function readFile<T>(path: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(path)) return undefined
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    const [issue] = cause instanceof z.ZodError ? cause.issues : []
    const why = issue === undefined ? messageOf(cause) : `${issue.path.join('.')}: ${issue.message}`
    throw new LoadError('no_run', `${path} is none that this suite understands: ${why}`, { cause })
  }
}
