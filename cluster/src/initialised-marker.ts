/** Tells a whole state folder from one whose first start was cut: the marker is written last. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ClusterError } from './cluster-error.ts'
import { dataFolder } from './kafka/broker-files.ts'
import type { Layout } from './layout.ts'

/** Raised when the folders' layout changes so that an older state folder cannot be used. */
const FORMAT = 1
const REPLICA_FOLDER = /^replica-\d+$/
const markerSchema = z.object({ format: z.int(), createdAt: z.iso.datetime() })

/**
 * Whether the state folder was initialised to the end before.
 *
 * @throws ClusterError `half_initialised` when it was begun and not finished, or by another version · `incomplete` when
 * something of it has gone since
 */
export function isInitialised(layout: Layout): boolean {
  if (!existsSync(layout.marker)) {
    if (!hasData(layout)) return false
    throw unusable(`${layout.state} is half initialised: its first start was cut`)
  }
  const marker = readMarker(layout.marker)
  if (marker === undefined) throw unusable(`${layout.marker} is damaged`)
  if (marker.format !== FORMAT) throw unusable(`${layout.state} was made by another version of the cluster`)
  const gone = essentials(layout).find((path) => !existsSync(path))
  if (gone !== undefined) throw incomplete(gone, layout)
  const promoted = promotedReplica(layout)
  if (promoted !== undefined) throw readWrite(promoted)
  return true
}

/** Without one of these there is no cluster to start: what would be made anew is empty, and the replicas copies of it. */
const essentials = ({ secrets, postgres, kafka }: Layout): string[] => [
  secrets,
  join(postgres, 'primary', 'PG_VERSION'),
  join(postgres, 'primary', 'global', 'pg_control'),
  join(kafka, 'data', 'meta.properties'),
]

/** A replica without its signal would come up read-write, beside the primary. */
const promotedReplica = ({ postgres }: Layout): string | undefined =>
  entriesOf(postgres)
    .filter((name) => REPLICA_FOLDER.test(name))
    .map((name) => join(postgres, name))
    .find((data) => existsSync(join(data, 'PG_VERSION')) && !existsSync(join(data, 'standby.signal')))

/** Whether nothing but a reset makes the state folder usable: see {@link isInitialised}. */
export function needsReset(layout: Layout): boolean {
  try {
    isInitialised(layout)
    return false
  } catch (error) {
    return error instanceof ClusterError && error.code === 'half_initialised'
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
  entriesOf(layout.postgres).some((name) => name === 'primary' || REPLICA_FOLDER.test(name)) ||
  existsSync(dataFolder(layout))

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readMarker(path: string): z.output<typeof markerSchema> | undefined {
  try {
    return markerSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}

const incomplete = (path: string, { secrets, state }: Layout): ClusterError =>
  new ClusterError('incomplete', `${path} is missing, and the cluster’s data cannot be used without it`, {
    // A reset demands the secrets, by which it knows a cluster's folder.
    remedy: `bring it back from where it went, or begin anew: ${path === secrets ? `rm -r ${state}` : RESET_COMMAND}`,
  })

const readWrite = (data: string): ClusterError =>
  new ClusterError(
    'incomplete',
    `${join(data, 'standby.signal')} is missing: the replica would take writes of its own`,
    {
      remedy: `rm -r ${data}   (the next start copies it anew)`,
    },
  )

const unusable = (message: string): ClusterError =>
  new ClusterError('half_initialised', message, { remedy: RESET_COMMAND })
