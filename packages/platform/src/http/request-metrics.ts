import type { FastifyInstance } from 'fastify'
import { Histogram, type Registry } from 'prom-client'

/** Notes one request that has been answered. */
export type NoteRequest = (request: {
  /** Its pattern, so that the labels are bounded. */
  readonly route: string
  readonly method: string
  readonly status: number
  readonly elapsedMs: number
}) => void

/**
 * Counts and times every request: rate, errors and duration by route, method and class of status. What no route matched
 * is one route.
 *
 * @returns notes a request that the server does not see
 */
export function measureRequests(server: FastifyInstance, registry: Registry): NoteRequest {
  const seconds = new Histogram({
    name: 'http_request_seconds',
    help: 'From the request line to the end of the answer',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  const note: NoteRequest = ({ route, method, status, elapsedMs }) => {
    seconds.observe({ route, method, status: `${Math.floor(status / 100)}xx` }, elapsedMs / 1000)
  }
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    note({ route, method: request.method, status: reply.statusCode, elapsedMs: reply.elapsedTime })
    done()
  })
  return note
}
