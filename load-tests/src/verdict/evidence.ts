/** A run's record, line by line: what its clients saw accepted, were told, and never heard the end of. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { accountIdSchema, paymentIdSchema } from '@paycluster/contracts'
import { z } from 'zod'

const user = z.int().min(1)

const acceptedSchema = z.object({
  id: paymentIdSchema,
  source: accountIdSchema,
  destination: accountIdSchema,
  amount: z.int().min(1),
  accepted_at_ms: z.number(),
  user,
  seen: z.string(),
})
const seenSchema = z.object({ remark: z.literal('seen'), user, account: accountIdSchema, seen: z.string() })
const unknownSchema = z.object({
  remark: z.literal('unknown'),
  source: accountIdSchema,
  destination: accountIdSchema,
  amount: z.int().min(1),
})

export type Accepted = Readonly<z.output<typeof acceptedSchema>>
/** A payment that was asked for, and may have been accepted. */
export type Attempt = Readonly<z.output<typeof unknownSchema>>

export type Evidence =
  | { readonly kind: 'accepted'; readonly payment: Accepted }
  | { readonly kind: 'seen'; readonly user: number; readonly account: string; readonly seen: string }
  | { readonly kind: 'unknown'; readonly attempt: Attempt }
  /** It may have been an accepted payment. */
  | { readonly kind: 'unreadable'; readonly line: number }

/**
 * Reads a record in its order; one line is in memory at a time. Remarks that prove nothing are left out.
 *
 * @throws Error when the file cannot be read
 */
export async function* readEvidence(path: string): AsyncGenerator<Evidence> {
  let line = 0
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    line++
    if (text === '') continue
    const evidence = parseLine(text, line)
    if (evidence !== undefined) yield evidence
  }
}

function parseLine(text: string, line: number): Evidence | undefined {
  const value = parseJson(text)
  if (text.startsWith('{"id":')) {
    const payment = acceptedSchema.safeParse(value)
    return payment.success ? { kind: 'accepted', payment: payment.data } : { kind: 'unreadable', line }
  }
  const seen = seenSchema.safeParse(value).data
  if (seen !== undefined) return { kind: 'seen', user: seen.user, account: seen.account, seen: seen.seen }
  const attempt = unknownSchema.safeParse(value).data
  if (attempt !== undefined) return { kind: 'unknown', attempt }
  const remark = remarkSchema.safeParse(value).data?.remark
  return remark === undefined || remark === 'seen' || remark === 'unknown' ? { kind: 'unreadable', line } : undefined
}

const remarkSchema = z.object({ remark: z.string() })

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
