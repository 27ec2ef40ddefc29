/** Queries that are no percent-encoded UTF-8 (RFC 3986, 2.1): Fastify's parser takes what it cannot decode as it stands. */
import type { FieldError } from '@paycluster/contracts'
import type { FastifyInstance } from 'fastify'
import { ProblemError } from '../problem-error.ts'

/** What an address is written in, which Node does not demand of one. */
const PRINTABLE_ASCII = /^[\x21-\x7e]*$/

/** Answers 400 `invalid_parameter` to every request whose query cannot be read, whatever its route makes of it. */
export function refuseUnreadableQueries(server: FastifyInstance): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const { url } = request
    const start = url.indexOf('?')
    if (start < 0) {
      done()
      return
    }
    const errors = unreadableParameters(url.slice(start + 1))
    if (errors.length === 0) done()
    else done(new ProblemError('invalid_parameter', 'The query is not percent-encoded UTF-8.', { errors }))
  })
}

function unreadableParameters(query: string): FieldError[] {
  if (isReadable(query)) return []
  return query
    .split('&')
    .filter((parameter) => !isReadable(parameter))
    .map((parameter) => parameter.split('=', 1)[0] ?? '')
    .map((name) => ({
      pointer: isReadable(name) ? decodeURIComponent(name) : '',
      code: 'invalid_encoding',
      detail: 'is not percent-encoded UTF-8',
    }))
}

function isReadable(text: string): boolean {
  if (!PRINTABLE_ASCII.test(text)) return false
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
