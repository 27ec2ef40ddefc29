/** A service's side of the contract with the gateway, on a unix socket, without the service. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { rmSync } from 'node:fs'

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Counts the requests of all stand-ins, in order of arrival. */
  readonly order: number
}

export type Handler = (request: SeenRequest, response: ServerResponse, message: IncomingMessage) => void

export interface StandIn {
  /** Requests other than authentications and health, in order of arrival. */
  readonly requests: SeenRequest[]
  readonly authentications: SeenRequest[]
  /** Answers the requests; replace it to misbehave. */
  handle: Handler
  authenticate: Handler
  /** Sees a request when its headers are there; what it answers is the answer. */
  begin: ((message: IncomingMessage, response: ServerResponse) => void) | undefined
  stop(): Promise<void>
}

/** Keys of these tests: `sk_test_<tier>_<name>`; the tier is answered as it stands there. */
export const keyOf = (tier: string, name: string): string => `Bearer sk_test_${tier}_${name}`

const answerIdentity: Handler = (request, response) => {
  const [, tier, name] = /^Bearer sk_test_([a-z]+)_(.+)$/.exec(request.headers.authorization ?? '') ?? []
  if (tier === undefined || name === undefined || tier === 'revoked') {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="inner"', 'content-type': 'application/json' })
    response.end('{"inner":true}')
    return
  }
  response.writeHead(204, {
    'x-identity': `signed.${name}`,
    'x-limit-tier': tier,
    'x-key-id': `${tier}_${name}`,
    'cache-control': 'max-age=4',
  })
  response.end()
}

const answerOk: Handler = (request, response) => {
  response.writeHead(request.method === 'POST' ? 202 : 200, {
    'content-type': 'application/json',
    'x-request-id': 'set-by-the-service',
    'x-identity': 'must-not-leave',
  })
  response.end(JSON.stringify({ bytes: request.body.length }))
}

let arrivals = 0

export async function startStandIn(socket: string): Promise<StandIn> {
  rmSync(socket, { force: true })
  const standIn = {
    requests: [] as SeenRequest[],
    authentications: [] as SeenRequest[],
    handle: answerOk,
    authenticate: answerIdentity,
    begin: undefined as StandIn['begin'],
  }
  const server = createServer((message, response) => {
    standIn.begin?.(message, response)
    if (response.headersSent) return
    let body = ''
    message.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')))
    message.on('end', () => {
      const request = {
        method: message.method ?? '',
        url: message.url ?? '',
        headers: message.headers,
        body,
        order: ++arrivals,
      }
      if (request.url === '/internal/auth') {
        standIn.authentications.push(request)
        standIn.authenticate(request, response, message)
      } else if (request.url === '/readyz') {
        response.end('{"ready":true}')
      } else {
        standIn.requests.push(request)
        standIn.handle(request, response, message)
      }
    })
  })
  server.keepAliveTimeout = 90_000
  // The services' backlog: a full one refuses at once on a unix socket, which the gateway answers with 502.
  await new Promise<void>((resolve) => server.listen({ path: socket, backlog: 8192 }, resolve))
  return Object.assign(standIn, {
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  })
}
