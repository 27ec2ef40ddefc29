/**
 * Opaque cursors of lists: where the next page begins, and which list it belongs to, authenticated.
 *
 *     <base64url JSON {f: filters, p: position}> . <base64url HMAC-SHA256 over route, client and JSON, 128 bits>
 *
 * A cursor that was altered, or that belongs to another route, client or filters, is refused: with it a client could
 * page through what it may not see, or get a page that belongs to no list.
 */
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { deriveKey } from '../ids/id-codec.ts'
import { ProblemError } from '../problem-error.ts'

const MAC_BYTES = 16
const payloadSchema = z.strictObject({ f: z.record(z.string(), z.string()), p: z.unknown() })

/** A list's filters as the query gave them; those that are not set are absent or undefined. */
export type CursorFilters = Readonly<Record<string, string | undefined>>

/** Which list: the route's name and the client that reads it. */
export interface CursorScope {
  readonly route: string
  readonly client: number
}

export interface DecodedCursor<P> {
  readonly filters: Readonly<Record<string, string>>
  readonly position: P
}

/** Writes and reads the cursors of one cluster. */
export class CursorCodec {
  readonly #key: KeyObject

  constructor(clusterSecret: string) {
    this.#key = deriveKey(clusterSecret, 'cursors')
  }

  encode(scope: CursorScope, filters: CursorFilters, position: unknown): string {
    const payload = Buffer.from(JSON.stringify({ f: setFilters(filters), p: position })).toString('base64url')
    return `${payload}.${this.#mac(scope, payload)}`
  }

  /**
   * Reads a cursor. A request that repeats no filter goes on with those of the cursor; one that repeats any must repeat
   * all of them.
   *
   * @param position  the schema of this route's positions
   * @throws ProblemError `invalid_cursor` (400)
   */
  decode<S extends z.ZodType>(
    scope: CursorScope,
    text: string,
    filters: CursorFilters,
    position: S,
  ): DecodedCursor<z.output<S>> {
    const dot = text.lastIndexOf('.')
    const payload = text.slice(0, Math.max(dot, 0))
    // As text: two texts may stand for the same bytes.
    const given = Buffer.from(text.slice(dot + 1))
    const expected = Buffer.from(this.#mac(scope, payload))
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw invalidCursor()
    const decoded = payloadSchema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString()))
    const at = position.safeParse(decoded.data?.p)
    // Authentic and yet unreadable: written by another version of the service.
    if (!decoded.success || !at.success) throw invalidCursor()
    const repeated = setFilters(filters)
    if (Object.keys(repeated).length > 0 && !sameFilters(repeated, decoded.data.f)) throw invalidCursor()
    return { filters: decoded.data.f, position: at.data }
  }

  #mac({ route, client }: CursorScope, payload: string): string {
    const digest = createHmac('sha256', this.#key).update(`${route}|${client}|${payload}`).digest()
    return digest.subarray(0, MAC_BYTES).toString('base64url')
  }
}

const invalidCursor = (): ProblemError =>
  new ProblemError('invalid_cursor', 'The cursor was altered, or belongs to another list.')

function setFilters(filters: CursorFilters): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filters).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

function sameFilters(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}
