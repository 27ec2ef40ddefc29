/** What of an event rules look at. */
import { hash } from 'node:crypto'
import { z } from 'zod'
import type { FieldTest, Scalar } from '../rules/rule.ts'

const nameSchema = z.string().regex(/^[\x21-\x7e]{1,200}$/)
const envelopeSchema = z.object({
  id: nameSchema,
  type: nameSchema,
  source: z.string().max(200).optional(),
  subject: nameSchema,
  time: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  data: z.record(z.string(), z.unknown()),
})

export interface ListenedEvent {
  readonly id: string
  readonly type: string
  readonly source: string | undefined
  readonly subject: string
  /** Milliseconds of the epoch. */
  readonly atMs: number
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * @param value  of a message of `payment.events`
 * @throws SyntaxError or ZodError for what is no event
 */
export function toListenedEvent(value: Buffer | null): ListenedEvent {
  const { time: atMs, ...event } = envelopeSchema.parse(JSON.parse(value?.toString('utf8') ?? ''))
  return { ...event, source: event.source, atMs }
}

/** The scalar at a path of an event's data; undefined where there is none. */
export function fieldOf(data: Readonly<Record<string, unknown>>, path: string): Scalar | undefined {
  let value: unknown = data
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined
}

/** A field that is not there passes no test. */
export const passes = (data: Readonly<Record<string, unknown>>, tests: readonly FieldTest[]): boolean =>
  tests.every((test) => passesOne(fieldOf(data, test.field), test))

function passesOne(value: Scalar | undefined, { is, not, in: among, above, below }: FieldTest): boolean {
  if (value === undefined) return false
  if (is !== undefined && value !== is) return false
  if (not !== undefined && value === not) return false
  if (among?.includes(value) === false) return false
  if (above !== undefined && !(typeof value === 'number' && value > above)) return false
  return below === undefined || (typeof value === 'number' && value < below)
}

const DIGEST_BYTES = 8

/** What stands for an event's id where it is remembered: 64 bits, so that of a million two are one once in 40 million times. */
export const digestOf = (id: string): Buffer => hash('sha256', id, 'buffer').subarray(0, DIGEST_BYTES)
export const digestText = (ids: Buffer, index: number): string =>
  ids.toString('latin1', index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES)
export const digestsIn = (ids: Buffer): number => ids.length / DIGEST_BYTES
