/**
 * Shared memory that killed PostgreSQL servers left in /dev/shm.
 *
 * A server keeps a control segment, which names all of its other segments and which its postmaster maps for as long as it
 * lives. One that is killed and started again removes what it left; one whose data folder is deleted never does. So: a
 * control segment that no process maps is a dead server's, with all that it names. Any other segment proves nothing by
 * itself, as a living server may hold it without mapping it.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = '/dev/shm'
const SEGMENT = /^PostgreSQL\.\d+$/
/** `dsm_control_header` and `dsm_control_item` of dsm.c, alike from PostgreSQL 14 on. */
const CONTROL_MAGIC = 0x9a503d32
const HEADER_BYTES = 16
const ITEM_BYTES = 40
const MAX_ITEMS = 100_000

/**
 * Removes the segments of dead servers.
 *
 * @param owner  the user whose servers are looked at: this one, or, for root, any, as others' processes cannot be seen
 */
export function removeDeadSharedMemory(owner: number, folder: string = FOLDER): void {
  const controls = listControlSegments(folder, owner)
  if (controls.length === 0) return
  const mapped = mappedSegments()
  for (const control of controls.filter((path) => !mapped.has(path))) {
    for (const path of [...segmentsOf(control, folder), control]) rmSync(path, { force: true })
  }
}

function listControlSegments(folder: string, owner: number): string[] {
  return namesIn(folder)
    .filter((name) => SEGMENT.test(name))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.uid === owner)
    .filter((path) => readStart(path, HEADER_BYTES)?.readUInt32LE(0) === CONTROL_MAGIC)
}

/** What a control segment names. */
function segmentsOf(control: string, folder: string): string[] {
  const count = Math.min(readStart(control, HEADER_BYTES)?.readUInt32LE(4) ?? 0, MAX_ITEMS)
  const items = readStart(control, HEADER_BYTES + count * ITEM_BYTES)
  if (items === undefined) return []
  return Array.from({ length: count }, (_, n) => items.readUInt32LE(HEADER_BYTES + n * ITEM_BYTES))
    .map((handle) => join(folder, `PostgreSQL.${handle}`))
    .filter((path) => path !== control)
}

function readStart(path: string, bytes: number): Buffer | undefined {
  try {
    const file = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(bytes)
      return readSync(file, buffer, 0, bytes, 0) === bytes ? buffer : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    // Gone meanwhile, or not ours to read.
    return undefined
  }
}

/** Segments that any process maps that can be looked into. */
function mappedSegments(): Set<string> {
  const mapped = new Set<string>()
  for (const pid of namesIn('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const maps = readFileSync(`/proc/${pid}/maps`, 'utf8')
      for (const [path] of maps.matchAll(/\/\S*\/PostgreSQL\.\d+$/gm)) mapped.add(path)
    } catch {
      // It has ended, or is somebody else's.
    }
  }
  return mapped
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // Not Linux.
    return []
  }
}
