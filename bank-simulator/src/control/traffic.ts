/** What the bank was asked, as it saw it: the last requests, and counts of all. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Clock } from '@paycluster/platform/clock'
import { isoTime } from '@paycluster/platform/iso-time'

const MAX_REQUESTS = 1000
/** Of an address that leads nowhere, and may be of any length. */
const MAX_PATH_CHARACTERS = 200

declare module 'fastify' {
  interface FastifyRequest {
    /** What was done with it; null for a request that only reads, or that was refused before. */
    behaviour: string | null
  }
}

/** One request, when it is over. */
export interface SeenRequest {
  readonly at: string
  readonly method: string
  readonly path: string
  readonly idempotency_key: string | null
  readonly behaviour: string | null
  /** Of the answer; null when there was none, or the client did not wait for it. */
  readonly status: number | null
  readonly duration_ms: number
}

/** How many there are now, and how many there were at most. */
class Peak {
  now = 0
  peak = 0

  change(by: 1 | -1): void {
    this.now += by
    this.peak = Math.max(this.peak, this.now)
  }

  forget(): void {
    this.peak = this.now
  }
}

export interface Counts {
  /** By method and route. */
  readonly requests: Readonly<Record<string, number>>
  readonly connections: { readonly open: number; readonly peak: number; readonly accepted: number }
  readonly in_flight: Readonly<Record<string, { readonly now: number; readonly peak: number }>>
}

export class Traffic {
  readonly #clock: Clock
  readonly #counter: Counter<'route' | 'behaviour' | 'status'>
  readonly #connections = new Peak()
  readonly #inFlight = new Map<string, Peak>()
  readonly #counts = new Map<string, number>()
  #accepted = 0
  #seen: SeenRequest[] = []

  constructor(clock: Clock, registry: Registry) {
    this.#clock = clock
    this.#counter = new Counter({
      name: 'bank_requests_total',
      help: 'Requests that are over, by route, by what was done with them, and by the status of the answer',
      labelNames: ['route', 'behaviour', 'status'],
      registers: [registry],
    })
    const connections = this.#connections
    new Gauge({
      name: 'bank_connections',
      help: 'Connections that clients have open',
      registers: [registry],
      collect() {
        this.set(connections.now)
      },
    })
  }

  /** Watches a server from before its first request on. */
  watch(server: FastifyInstance): void {
    this.#watchConnections(server.server)
    server.decorateRequest('behaviour', null)
    server.addHook('onRequest', (request, reply, done) => {
      this.#watchRequest(request, reply)
      done()
    })
  }

  /** @returns the newest ones, the newest last */
  last(limit: number): readonly SeenRequest[] {
    return this.#seen.slice(-limit)
  }

  counts(): Counts {
    const { now: open, peak } = this.#connections
    return {
      requests: Object.fromEntries(this.#counts),
      connections: { open, peak, accepted: this.#accepted },
      in_flight: Object.fromEntries([...this.#inFlight].map(([route, { now, peak }]) => [route, { now, peak }])),
    }
  }

  /** Counts anew: the requests seen so far are forgotten, and what there is now is the most that there was. */
  forget(): void {
    this.#seen = []
    this.#counts.clear()
    this.#accepted = 0
    this.#connections.forget()
    for (const peak of this.#inFlight.values()) peak.forget()
  }

  #watchConnections(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.#accepted += 1
      this.#connections.change(1)
      socket.once('close', () => {
        this.#connections.change(-1)
      })
    })
  }

  #watchRequest(request: FastifyRequest, reply: FastifyReply): void {
    const { method } = request
    // Addresses that lead nowhere are one: the routes are few, what clients think of is not.
    const route = request.is404 ? 'unknown' : `${method} ${request.routeOptions.url ?? ''}`
    const startedAtMs = this.#clock.now()
    const inFlight = this.#inFlight.get(route) ?? new Peak()
    this.#inFlight.set(route, inFlight)
    inFlight.change(1)
    this.#counts.set(route, (this.#counts.get(route) ?? 0) + 1)
    reply.raw.once('close', () => {
      inFlight.change(-1)
      const { behaviour } = request
      const status = reply.raw.writableFinished ? reply.raw.statusCode : null
      this.#counter.inc({ route, behaviour: behaviour ?? 'none', status: status ?? 'none' })
      this.#remember({
        at: isoTime(startedAtMs),
        method,
        path: request.url.slice(0, MAX_PATH_CHARACTERS),
        idempotency_key: keyOf(request),
        behaviour,
        status,
        duration_ms: this.#clock.now() - startedAtMs,
      })
    })
  }

  #remember(request: SeenRequest): void {
    this.#seen.push(request)
    // Cut by halves: a shift at every request would move the whole list each time.
    if (this.#seen.length >= 2 * MAX_REQUESTS) this.#seen = this.#seen.slice(-MAX_REQUESTS)
  }
}

function keyOf({ headers }: FastifyRequest): string | null {
  const key = headers['idempotency-key']
  return typeof key === 'string' ? key.slice(0, 255) : null
}
