/** Takes webhooks on the loopback and counts them: what a client's server does at the least. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export class ListenerReceiver {
  readonly #server = createServer((request, response) => {
    request.resume()
    request.once('end', () => {
      const id = request.headers['webhook-id']
      if (typeof id === 'string') this.#seen.add(id)
      this.#requests += 1
      response.writeHead(204).end()
    })
  })
  readonly #seen = new Set<string>()
  #requests = 0

  /** @returns its address, `http://127.0.0.1:…` */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Messages that came, each once. */
  get messages(): number {
    return this.#seen.size
  }

  /** Requests, of messages that came again as well. */
  get requests(): number {
    return this.#requests
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}
