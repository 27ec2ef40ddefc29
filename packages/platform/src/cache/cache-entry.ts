/**
 * One value of the versioned cache, as Redis holds it:
 *
 *     version|timeline|lsn in hex|as of, in ms|owners|consistency token\n
 *     the JSON that goes out as it is
 *
 * The line is what a reader has to know to decide whether it may answer with the JSON; the JSON is neither parsed nor
 * written again. Version and timeline come first, because the compare-and-set in Redis reads just them.
 */
import type { Lsn } from '../consistency/lsn.ts'

export interface CacheEntry {
  readonly key: string
  /** Grows with every change of the object. Versions compare within a timeline only. */
  readonly version: number
  /** The primary's timeline that the object was read from or written on. */
  readonly timeline: number
  /** A log position at which the object was in this state. */
  readonly lsn: Lsn
  /** When this version was last known to be the current one, in milliseconds of the epoch. */
  readonly asOfMs: number
  /** Client numbers that may read it. */
  readonly owners: readonly number[]
  /** Goes out as `Consistency-Token`. */
  readonly token: string
  /** The answer's body. */
  readonly json: string
}

const HEADER = /^(\d+)\|(\d+)\|([0-9a-f]+)\|(\d+)\|([\d,]*)\|([^|]*)$/

/** The value that Redis holds under the entry's key. */
export function encodeCacheEntry(entry: CacheEntry): string {
  const { version, timeline, lsn, asOfMs, owners, token, json } = entry
  return `${version}|${timeline}|${lsn.toString(16)}|${asOfMs}|${owners.join(',')}|${token}\n${json}`
}

/** The entry that a value holds, or undefined when something else wrote it: then it is a miss. */
export function decodeCacheEntry(key: string, value: string): CacheEntry | undefined {
  const end = value.indexOf('\n')
  const match = HEADER.exec(value.slice(0, end))
  if (end < 0 || match === null) return undefined
  const [, version, timeline, lsn = '', asOfMs, owners = '', token = ''] = match
  return {
    key,
    version: Number(version),
    timeline: Number(timeline),
    lsn: BigInt(`0x${lsn}`),
    asOfMs: Number(asOfMs),
    owners: owners === '' ? [] : owners.split(',').map(Number),
    token,
    json: value.slice(end + 1),
  }
}
