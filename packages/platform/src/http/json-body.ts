import type { FastifyInstance, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** The body's bytes as they came: what a signature is over. Absent without a body. */
    rawBody?: Buffer
  }
}

/** The body's bytes as they came; undefined when the request has no body. */
export const rawBodyOf = (request: FastifyRequest): Buffer | undefined => request.rawBody

// JSON.parse makes `__proto__` an own property that a later spread or assignment would turn into a prototype. Refused
// on sight; the escaped spelling as well, which is why the test is on the parsed key.
const refusePrototype = (key: string, value: unknown): unknown => {
  if (key === '__proto__') throw new SyntaxError('__proto__ is not a name')
  return value
}

/** JSON is the one body that is read, and its bytes are kept. Anything else is 415, a body past `limitBytes` 413. */
export function readJsonBodies(server: FastifyInstance, limitBytes: number): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: limitBytes },
    (request, body: Buffer, done) => {
      request.rawBody = body
      try {
        const text = body.toString('utf8')
        done(
          null,
          text.includes('__proto__') || text.includes('\\u') ? JSON.parse(text, refusePrototype) : JSON.parse(text),
        )
      } catch (error) {
        done(error instanceof Error ? error : new SyntaxError('not JSON'), undefined)
      }
    },
  )
}
