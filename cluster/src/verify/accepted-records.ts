/**
 * What clients saw accepted, as a load run wrote it down: a line for each, either an id or a JSON object with `id` and what
 * was accepted (`source`, `destination`, `amount`, `currency`, `reference`, `description`, `status` of a payment; `kind`,
 * `currency`, `external_id` of an account). Remarks of the load run (`{"remark": …}`) stand between them.
 */
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { ACCOUNT_ID_PATTERN, PAYMENT_ID_PATTERN, accountIdSchema, paymentIdSchema } from '@paycluster/contracts'

const text = z.string().nullish()
const recordSchema = z.object({
  id: z.union([paymentIdSchema, accountIdSchema]),
  source: accountIdSchema.nullish(),
  destination: accountIdSchema.nullish(),
  amount: z.int().nullish(),
  currency: text,
  reference: text,
  description: text,
  status: text,
  kind: text,
  external_id: text,
})

export type AcceptedRecord = z.output<typeof recordSchema> & {
  /** Its line in the file, from 1. */
  readonly line: number
}

/** What one line holds. */
export type RecordLine =
  | { readonly record: AcceptedRecord }
  | { readonly remark: Readonly<Record<string, unknown>> }
  | { readonly unreadable: number }

const remarkSchema = z.looseObject({ remark: z.string() })

/** Reads a file line by line: it may hold millions. Empty lines are skipped. */
export async function* readRecords(path: string): AsyncGenerator<RecordLine> {
  let line = 0
  for await (const content of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    line += 1
    if (content.trim() !== '') yield parseLine(content.trim(), line)
  }
}

function parseLine(content: string, line: number): RecordLine {
  if (PAYMENT_ID_PATTERN.test(content) || ACCOUNT_ID_PATTERN.test(content)) return { record: { id: content, line } }
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch {
    return { unreadable: line }
  }
  const remark = remarkSchema.safeParse(value)
  if (remark.success) return { remark: remark.data }
  const record = recordSchema.safeParse(value)
  return record.success ? { record: { ...record.data, line } } : { unreadable: line }
}

/**
 * The `accepted.jsonl` that was written last below a folder, or undefined.
 *
 * @param sinceMs  what was written before is of another ledger: a reset keeps the reports of load runs
 */
export function newestRecord(folder: string, sinceMs = 0): string | undefined {
  if (!existsSync(folder)) return undefined
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => basename(name) === 'accepted.jsonl')
    .map((name) => join(folder, name))
    .map((path) => ({ path, mtimeMs: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .filter(({ mtimeMs }) => mtimeMs >= sinceMs)
  return files.sort((a, b) => b.mtimeMs - a.mtimeMs)[0]?.path
}
