/** Tells a whole state folder from one whose first start was cut: the marker is written last. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ClusterError } from './cluster-error.ts'
import { dataFolder } from './kafka/broker-files.ts'
import type { Layout } from './layout.ts'

/** Raised when the folders' layout changes so that an older state folder cannot be used. */
const FORMAT = 1
const markerSchema = z.object({ format: z.int(), createdAt: z.iso.datetime() })

/**
 * Whether the state folder was initialised to the end before.
 *
 * @throws ClusterError `half_initialised` when it was begun and not finished, or by another version
 */
export function isInitialised(layout: Layout): boolean {
  if (!existsSync(layout.marker)) {
    if (!hasData(layout)) return false
    throw unusable(`${layout.state} is half initialised: its first start was cut`)
  }
  const marker = readMarker(layout.marker)
  if (marker?.format !== FORMAT) throw unusable(`${layout.state} was made by another version of the cluster`)
  return true
}

/** Whether nothing but a reset makes the state folder usable: see {@link isInitialised}. */
export function needsReset(layout: Layout): boolean {
  try {
    isInitialised(layout)
    return false
  } catch {
    return true
  }
}

/** When the first start came to its end, in milliseconds of the epoch; undefined when it has not. */
export function initialisedAtMs(layout: Layout): number | undefined {
  const marker = readMarker(layout.marker)
  return marker === undefined ? undefined : Date.parse(marker.createdAt)
}

export function markInitialised(layout: Layout): void {
  const partial = `${layout.marker}.partial`
  writeFileSync(partial, `${JSON.stringify({ format: FORMAT, createdAt: new Date().toISOString() })}\n`)
  renameSync(partial, layout.marker)
}

export function unmarkInitialised(layout: Layout): void {
  rmSync(layout.marker, { force: true })
}

/** Stops what runs, too. */
export const RESET_COMMAND = 'npm run cluster -- reset   (deletes its data)'

const hasData = (layout: Layout): boolean =>
  existsSync(join(layout.postgres, 'primary')) || existsSync(dataFolder(layout))

function readMarker(path: string): z.output<typeof markerSchema> | undefined {
  try {
    return markerSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}

const unusable = (message: string): ClusterError =>
  new ClusterError('half_initialised', message, { remedy: RESET_COMMAND })
