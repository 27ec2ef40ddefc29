/** What operators ask of every process: /healthz, /readyz, and /metrics on the private port alone. */
import fastify, { type FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import type { ReadinessChecks } from './readiness.ts'

/** Adds `GET /healthz` and `GET /readyz`. */
export function addHealthRoutes(server: FastifyInstance, readiness: ReadinessChecks): void {
  server.get('/healthz', async (_request, reply) => reply.send({ status: 'ok' }))
  server.get('/readyz', async (_request, reply) => {
    const state = readiness.evaluate()
    return reply.status(state.ready ? 200 : 503).send(state)
  })
}

/** The private server of a process: health, and metrics in Prometheus's text format and as JSON. */
export function createAdminServer(readiness: ReadinessChecks, metrics: Registry): FastifyInstance {
  const server = fastify({ logger: false, forceCloseConnections: true })
  addHealthRoutes(server, readiness)
  server.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
  server.get('/metrics.json', async (_request, reply) => reply.send(await metrics.getMetricsAsJSON()))
  return server
}
