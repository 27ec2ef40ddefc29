import { loadText } from '@paycluster/platform/load-text'
import type { RunQuery } from '@paycluster/platform/postgres/read-router'
import type { Period } from '../reads/period.ts'

const FIND_SEQ_BOUNDS = { name: 'find-seq-bounds', text: loadText(import.meta.url, './find-seq-bounds.sql') }

/** The entries of a period: below `seq`, at or above `least`. */
export interface SeqBounds {
  readonly seq: number
  readonly least: number
}

/** All of an account's entries. */
export const ALL_ENTRIES: SeqBounds = { seq: Number.MAX_SAFE_INTEGER, least: 1 }

/** @param account  32 hexadecimal digits */
export async function findSeqBounds(run: RunQuery, account: string, period: Period): Promise<SeqBounds> {
  if (period.from === '-infinity' && period.to === 'infinity') return ALL_ENTRIES
  const values = [account, [period.from, period.to]]
  const { rows } = await run<{ seq: number }>({ ...FIND_SEQ_BOUNDS, values })
  return { least: rows[0]?.seq ?? 1, seq: rows[1]?.seq ?? 1 }
}
