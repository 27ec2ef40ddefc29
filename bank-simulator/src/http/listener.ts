import { once } from 'node:events'
import type { Server } from 'node:http'

const BACKLOG = 8192

/** A server's listening socket, which can be closed and opened again: a bank that is down refuses connections. */
export class Listener {
  readonly #server: Server
  readonly #address: { readonly host: string; readonly port: number }
  /** Opens and closes take turns. */
  #turn: Promise<void> = Promise.resolve()

  constructor(server: Server, address: { readonly host: string; readonly port: number }) {
    this.#server = server
    this.#address = address
  }

  /** Listens; nothing happens when it does already. @throws the system's error, such as EADDRINUSE */
  open(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#server.listening) return
      this.#server.listen({ ...this.#address, backlog: BACKLOG })
      await once(this.#server, 'listening')
    })
  }

  /** Listens no more, and cuts every connection that is there. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#server.listening) return
      const closed = once(this.#server, 'close')
      this.#server.close()
      this.#server.closeAllConnections()
      await closed
    })
  }

  /** Listens no more, and lets requests that are under way be answered. @param timeoutMs  then they are cut */
  async drain(timeoutMs: number): Promise<void> {
    const cut = setTimeout(() => {
      this.#server.closeAllConnections()
    }, timeoutMs)
    await this.#inTurn(async () => {
      if (!this.#server.listening) return
      const closed = once(this.#server, 'close')
      this.#server.close()
      await closed
    })
    clearTimeout(cut)
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined)
    return turn
  }
}
