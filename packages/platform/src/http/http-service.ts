/**
 * The HTTP side of a service: Nest on Fastify behind the gateway, and a private server for operators.
 *
 * Start: app → readiness → listen. Stop (SIGTERM, SIGINT): not ready → close the listener, let requests in flight finish
 * → Nest's shutdown hooks → close connections → exit. A stop is bounded: what has not finished by then is cut.
 */
import { chmodSync, rmSync } from 'node:fs'
import { NestFactory } from '@nestjs/core'
import type { DynamicModule, Type } from '@nestjs/common'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { Registry } from 'prom-client'
import type { Endpoint } from '../config.ts'
import type { Logger } from '../logging.ts'
import { stopOnSignal } from '../stop-on-signal.ts'
import { createHttpAdapter } from './http-adapter.ts'
import { readJsonBodies } from './json-body.ts'
import { addHealthRoutes, createAdminServer } from './operations.ts'
import { ProblemAnswers } from './problem-answers.ts'
import { ProblemFilter } from './problem-filter.ts'
import type { ReadinessChecks } from './readiness.ts'
import { refuseUnreadableQueries } from './unreadable-queries.ts'
import { refuseUnroutedRequests } from './unrouted-requests.ts'

/** 3000 clients may connect at once; the kernel caps it at net.core.somaxconn. */
const LISTEN_BACKLOG = 8192

export interface HttpServiceOptions {
  readonly module: Type | DynamicModule
  /** Where clients come in, through the gateway. A service without it has its private server alone. */
  readonly listen?: Endpoint
  readonly adminListen: Endpoint
  readonly logger: Logger
  readonly readiness: ReadinessChecks
  readonly metrics: Registry
  /** Bodies above it are 413. */
  readonly bodyLimitBytes: number
  /** From the first byte of a request to its last; 10 s where it is absent. */
  readonly requestTimeoutMs?: number
  /** Adds what only this service has (transports, hooks) before it listens. */
  readonly configure?: (app: NestFastifyApplication, problems: ProblemAnswers) => Promise<void> | void
  /** Closes connections: called at a stop, when no request and no transport uses them any more. */
  readonly close: () => Promise<void>
}

/** Starts a service and keeps it until a signal stops it. Resolves when it listens. */
export async function startHttpService(options: HttpServiceOptions): Promise<NestFastifyApplication> {
  const { logger, readiness } = options
  const app = await NestFactory.create<NestFastifyApplication>(options.module, createHttpAdapter(options), {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  })
  const server = app.getHttpAdapter().getInstance()
  readJsonBodies(server, options.bodyLimitBytes)
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  refuseUnroutedRequests(server)
  refuseUnreadableQueries(server)
  addHealthRoutes(server, readiness)
  const problems = new ProblemAnswers(logger)
  app.useGlobalFilters(new ProblemFilter(problems))
  await options.configure?.(app, problems)
  await app.init()
  const admin = createAdminServer(readiness, options.metrics)
  stopOnSignal(logger, async () => {
    readiness.stop()
    await app.close()
    await options.close()
    await admin.close()
  })
  await listen(admin, options.adminListen)
  if (options.listen !== undefined) await listen(server, options.listen)
  logger.info({ listen: options.listen, admin: options.adminListen }, 'listening')
  return app
}

interface Listener {
  listen(options: { path: string; backlog: number } | { host: string; port: number; backlog: number }): Promise<string>
}

async function listen(server: Listener, endpoint: Endpoint): Promise<void> {
  if (!('path' in endpoint)) {
    await server.listen({ ...endpoint, backlog: LISTEN_BACKLOG })
    return
  }
  // A socket that a killed process left behind refuses the next one.
  rmSync(endpoint.path, { force: true })
  await server.listen({ path: endpoint.path, backlog: LISTEN_BACKLOG })
  // The gateway's workers run as another user.
  chmodSync(endpoint.path, 0o666)
}
