import { z } from 'zod'

// PostgreSQL's text holds no U+0000, and UTF-8 no lone surrogate: both would make one command poison its whole batch.
const isStorable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed()

/** What of it a JSON Schema can say. */
const STORABLE_PATTERN = '^[^\\u0000]*$'

/**
 * Free text of 1 to `maxLength` characters that every store on the way can hold.
 *
 * @param maxLength  in Unicode code points, as zod and JSON Schema count; longer text is refused, not cut
 */
export const textSchema = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine(isStorable, { error: 'holds U+0000 or a lone surrogate' })
    .meta({ pattern: STORABLE_PATTERN })

/** Up to 16 keys of ≤ 40 characters with values of ≤ 500 characters, kept and returned as they came. */
export const metadataSchema = z
  .record(
    textSchema(40),
    z
      .string()
      .max(500)
      .refine(isStorable, { error: 'holds U+0000 or a lone surrogate' })
      .meta({ pattern: STORABLE_PATTERN }),
  )
  .refine((metadata) => Object.keys(metadata).length <= 16, { error: 'more than 16 keys' })
  .meta({
    description: 'Up to 16 keys of at most 40 characters, with values of at most 500',
    example: { cart: '7f3a' },
    maxProperties: 16,
  })

/** RFC 3339 in UTC with milliseconds, the one form of a time in every answer. */
export const timeSchema = z.iso
  .datetime({ precision: 3 })
  .meta({ description: 'RFC 3339, in UTC with milliseconds', example: '2026-11-27T00:00:00.000Z' })
