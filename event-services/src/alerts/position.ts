/** Pages of lists that are sorted by a time and an id. */
import { z } from 'zod'
import type { CursorCodec, CursorFilters } from '@paycluster/platform/cursor/cursor-codec'
import { isoTime } from '@paycluster/platform/iso-time'

/** Below what a page of a list lies. */
export interface Position {
  readonly time: string
  /** A uuid. */
  readonly id: string
}
const NEWEST: Position = { time: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }
const positionSchema = z.strictObject({ time: z.string(), id: z.string() })

/** Which list, and who reads it. */
export interface ListScope {
  readonly route: string
  readonly client: number
}

/** @throws ProblemError `invalid_cursor` (400) */
export function positionOf(
  cursors: CursorCodec,
  scope: ListScope,
  cursor: string | undefined,
  filters: CursorFilters,
): { readonly position: Position; readonly filters: CursorFilters } {
  return cursor === undefined ? { position: NEWEST, filters } : cursors.decode(scope, cursor, filters, positionSchema)
}

/** @param rows  one more than a page, where there is one */
export function pageOf<Row extends { readonly id: string }, Item>(
  cursors: CursorCodec,
  scope: ListScope,
  filters: CursorFilters,
  rows: readonly Row[],
  limit: number,
  { timeOf, show }: { readonly timeOf: (row: Row) => Date; readonly show: (row: Row) => Item },
): { readonly data: Item[]; readonly next_cursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  const position = last && { time: isoTime(timeOf(last).getTime()), id: last.id }
  return { data: shown.map(show), next_cursor: position ? cursors.encode(scope, filters, position) : null }
}
