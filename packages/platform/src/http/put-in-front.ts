import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/** Takes a request, or leaves it untouched. @returns whether it has taken it */
export type TakeRequest = (request: IncomingMessage, response: ServerResponse) => boolean

/** Lets `take` see each request first; what it leaves goes to those who were there before. */
export function putInFront(server: Server, take: TakeRequest): void {
  const behind = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[]
  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!take(request, response)) for (const listener of behind) listener.call(server, request, response)
  })
}
