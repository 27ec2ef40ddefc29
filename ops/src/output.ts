/** What a command has to say: a table for people, JSON for programs. */
import { table } from '@paycluster/cluster/commands/table'
import { InvalidArgumentError, Option, type Command } from 'commander'

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 10_000
/** Of the API. */
const MAX_PAGE_SIZE = 100

export const limitOption = (): Option =>
  new Option('--limit <n>', `items at most, up to ${MAX_LIMIT}`).argParser(parseLimit).default(DEFAULT_LIMIT)

function parseLimit(text: string): number {
  const limit = Number(text)
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MAX_LIMIT) return limit
  throw new InvalidArgumentError(`1 to ${MAX_LIMIT}`)
}

/** The size of the pages of a list of which `limit` items are wanted. */
export const pageSizeOf = (limit: number): number => Math.min(limit, MAX_PAGE_SIZE)

export const isJson = (command: Command): boolean => command.optsWithGlobals<{ json?: true }>().json === true

export interface Column<T> {
  readonly heading: string
  readonly of: (item: T) => string | number | null
}

/** Prints the first `limit` items of a list. */
export async function printList<T>(
  command: Command,
  items: AsyncIterable<T>,
  columns: readonly Column<T>[],
  limit: number,
): Promise<void> {
  const shown: T[] = []
  let hasMore = false
  for await (const item of items) {
    hasMore = shown.length === limit
    if (hasMore) break
    shown.push(item)
  }
  if (isJson(command)) printJson(shown)
  else printTable(columns, shown)
  if (hasMore) process.stderr.write(`there are more: --limit ${Math.min(limit * 10, MAX_LIMIT)}\n`)
}

export function printTable<T>(columns: readonly Column<T>[], items: readonly T[]): void {
  const rows = items.map((item) => columns.map(({ of }) => String(of(item) ?? '-')))
  process.stdout.write(
    `${table(
      columns.map(({ heading }) => heading),
      rows,
    )}\n`,
  )
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}
