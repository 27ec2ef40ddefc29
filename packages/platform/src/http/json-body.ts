import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ProblemError } from '../problem-error.ts'

const JSON_TYPE = 'application/json'
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/i

declare module 'fastify' {
  interface FastifyRequest {
    /** The body's bytes as they came: what a signature is over. Absent without a body. */
    rawBody?: Buffer
  }
}

/** The body's bytes as they came; undefined when the request has no body. */
export const rawBodyOf = (request: FastifyRequest): Buffer | undefined => request.rawBody

/** Text that JSON.parse would read as something else: the reviver, which takes a microsecond a member, looks closer. */
const NEEDS_REVIVER = /__proto__|\\u|[:[,][ \t\n\r]*-?\d+(?:\.|[eE]-)/

/**
 * - JSON.parse makes `__proto__` an own property that a later spread or assignment would turn into a prototype. Refused
 *   on sight; the escaped spelling as well, which is why the test is on the parsed key.
 * - It rounds: `12.0000000000000001` is 12. A fraction that comes out as an integer is NaN, which no schema takes.
 */
function revive(key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (key === '__proto__') throw new SyntaxError('__proto__ is not a name')
  return Number.isInteger(value) && isFraction(context?.source ?? '') ? NaN : value
}

/** Whether a JSON number has a digit other than zero after its decimal point, wherever its exponent puts that. */
function isFraction(literal: string): boolean {
  const [, whole = '', fraction = '', exponent = '0'] = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? []
  return /[1-9]/.test((whole + fraction).slice(Math.max(0, whole.length + Number(exponent))))
}

/** @throws SyntaxError for what is not JSON, which is UTF-8 (RFC 8259, 8.1) */
export function parseJson(bytes: Buffer): unknown {
  // Decoding would replace what is not UTF-8, and the payment would say what nobody wrote.
  if (!isUtf8(bytes)) throw new SyntaxError('not UTF-8')
  const text = bytes.toString('utf8')
  return NEEDS_REVIVER.test(text) ? JSON.parse(text, revive) : JSON.parse(text)
}

/** @throws ProblemError `unsupported_media_type` (415) for a body in another character set, or compressed */
function refuseEncodings({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding.toLowerCase() !== 'identity')
    throw new ProblemError('unsupported_media_type', 'The body must be sent without a Content-Encoding.')
  const type = headers['content-type'] ?? JSON_TYPE
  if (type !== JSON_TYPE && (CHARSET.exec(type)?.[1] ?? 'utf-8').toLowerCase() !== 'utf-8')
    throw new ProblemError('unsupported_media_type', 'The body must be JSON in UTF-8.')
}

/** JSON is the one body that is read, and its bytes are kept. Anything else is 415, a body past `limitBytes` 413. */
export function readJsonBodies(server: FastifyInstance, limitBytes: number): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(
    JSON_TYPE,
    { parseAs: 'buffer', bodyLimit: limitBytes },
    (request, body: Buffer, done) => {
      // A body of no bytes is none, whatever its type says.
      if (body.length === 0) {
        done(null, undefined)
        return
      }
      request.rawBody = body
      try {
        refuseEncodings(request)
        done(null, parseJson(body))
      } catch (error) {
        done(error instanceof Error ? error : new SyntaxError('not JSON'), undefined)
      }
    },
  )
}
