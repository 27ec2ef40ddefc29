import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { answerClientError } from './client-errors.ts'

/** Above the gateway's keep-alive of 75 s, so that the gateway closes idle connections and never meets a closed one. */
const KEEP_ALIVE_TIMEOUT_MS = 90_000
/** The 34 KiB that the gateway takes of a client, and what it adds. Node's own limit is 16 KiB. */
const MAX_HEADER_BYTES = 48 * 1024
/** From the first byte of a request to its last; the gateway passes a body on as it comes. */
const REQUEST_TIMEOUT_MS = 10_000
/** How often Node looks for requests past it. */
const TIMEOUT_CHECK_MS = 1000
const REQUEST_ID = /^[\w.:/+=-]{1,128}$/

export interface AdapterOptions {
  readonly requestTimeoutMs?: number
  readonly timeoutCheckMs?: number
}

/** The id that the gateway gave the request, or one of our own. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
}

/** Fastify as every service behind the gateway has it: its bounds, its request ids, its own errors as problems. */
export function createHttpAdapter(options: AdapterOptions = {}): FastifyAdapter {
  const requestTimeout = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS
  return new FastifyAdapter({
    logger: false,
    requestIdHeader: false,
    genReqId: (request: { headers: IncomingHttpHeaders }) => requestIdOf(request.headers),
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout,
      headersTimeout: Math.min(requestTimeout, REQUEST_TIMEOUT_MS),
      connectionsCheckingInterval: options.timeoutCheckMs ?? TIMEOUT_CHECK_MS,
    },
    requestTimeout,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    // No address is longer than the headers may be: an id of any length is looked at, and is 404.
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: MAX_HEADER_BYTES },
  })
}
