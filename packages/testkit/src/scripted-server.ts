/** A real HTTP server that answers one request after the other as its script says. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly atMs: number
}

export type Step = (request: SeenRequest, response: ServerResponse) => void

export interface ScriptedServer {
  readonly url: string
  readonly requests: SeenRequest[]
  /** What comes next; the last step answers all that follow. */
  script(...steps: readonly Step[]): void
  stop(): Promise<void>
}

export const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Step =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

export const problem = (
  status: number,
  code: string,
  retryable: boolean,
  headers: Readonly<Record<string, string>> = {},
): Step =>
  json(
    status,
    { type: 'about:blank', title: code, status, detail: `It is ${code}.`, code, request_id: 'r-1', retryable },
    { 'content-type': 'application/problem+json', ...headers },
  )

/** Takes the request, and is gone. */
export const drop: Step = (_request, response) => response.destroy()
/** Takes the request, and says nothing. */
export const hang: Step = () => undefined

export async function startScriptedServer(): Promise<ScriptedServer> {
  let steps: Step[] = []
  const requests: SeenRequest[] = []
  const server = createServer((message, response) => {
    void readBody(message).then((body) => {
      const { method = '', url = '', headers } = message
      const request = { method, url, headers, body, atMs: performance.now() }
      requests.push(request)
      const step = steps.length > 1 ? steps.shift() : steps[0]
      step?.(request, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    script(...next) {
      steps = [...next]
      requests.length = 0
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
