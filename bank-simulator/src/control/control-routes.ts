/** The control port: how the bank behaves, and what it was asked. It asks for no key, and listens on the loopback. */
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { z } from 'zod'
import type { Behaviours } from '../behaviour/behaviours.ts'
import { DEFAULT_MODE, modeChangeSchema, modeSchema, type Mode } from '../behaviour/mode.ts'
import { scriptEntrySchema } from '../behaviour/script.ts'
import type { Listener } from '../http/listener.ts'
import { parseBody, parseQuery } from '../http/validation.ts'
import type { Traffic } from './traffic.ts'

const requestsQuerySchema = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, { error: 'must be a number' })
    .transform(Number)
    .pipe(z.int().min(1).max(1000))
    .default(100),
})

export interface Controlled {
  readonly behaviours: Behaviours
  readonly traffic: Traffic
  /** The bank's own port. */
  readonly listener: Listener
  readonly metrics: Registry
}

export function addControlRoutes(server: FastifyInstance, controlled: Controlled): void {
  const { behaviours, traffic, metrics } = controlled
  const { script } = behaviours

  server.get('/healthz', () => ({ status: 'ok' }))
  server.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))

  server.get('/mode', () => behaviours.mode)
  server.put('/mode', ({ body }) => {
    const change = parseBody(modeChangeSchema, body)
    return enter(controlled, modeSchema.parse({ ...behaviours.mode, ...change }))
  })
  server.delete('/mode', () => enter(controlled, DEFAULT_MODE))

  server.get('/script', () => ({ entries: script.entries }))
  server.post('/script', ({ body }, reply) => {
    script.add(parseBody(scriptEntrySchema, body))
    return reply.status(201).send({ entries: script.entries })
  })
  server.delete('/script', () => {
    script.clear()
    return { entries: script.entries }
  })

  server.get('/requests', ({ query }) => ({ requests: traffic.last(parseQuery(requestsQuerySchema, query).limit) }))
  server.get('/counters', () => traffic.counts())
  server.delete('/counters', () => {
    traffic.forget()
    return traffic.counts()
  })
}

/** Answers when the bank's port is open or closed, as the mode has it. */
async function enter({ behaviours, listener }: Controlled, mode: Mode): Promise<Mode> {
  await (mode.failure.kind === 'down' ? listener.close() : listener.open())
  behaviours.mode = mode
  return mode
}
