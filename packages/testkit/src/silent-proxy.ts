/**
 * A TCP proxy that can fall silent as a network does that was cut: connections stay open, and nothing passes.
 *
 *     const proxy = await startSilentProxy(new URL(redis.url))
 *     proxy.url            // of the same scheme, through the proxy
 *     proxy.cut()          // nothing passes any more, on connections that are there and on new ones
 *     proxy.mend()         // new connections pass; those of before stay silent
 *     await proxy.stop()
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface SilentProxy {
  readonly url: string
  /** Connections that clients have open, the silent ones included. */
  readonly open: number
  /** Connections that clients have made since the start. */
  readonly accepted: number
  cut(): void
  mend(): void
  /** From the next connection on, one falls silent when a client sends this text. */
  cutAt(text: string): void
  stop(): Promise<void>
}

/** @param target  what it passes connections on to */
export async function startSilentProxy(target: URL): Promise<SilentProxy> {
  const clients = new Set<Socket>()
  const silent = new WeakSet<Socket>()
  let accepted = 0
  let isCut = false
  let cutAt: string | undefined
  const silence = (client: Socket): void => {
    silent.add(client)
  }

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    accepted += 1
    clients.add(client)
    client.on('close', () => {
      clients.delete(client)
      upstream.destroy()
    })
    upstream.on('close', () => client.destroy())
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    client.on('data', (data) => {
      if (cutAt !== undefined && data.includes(cutAt)) silence(client)
      if (!silent.has(client)) upstream.write(data)
    })
    upstream.on('data', (data) => {
      if (!silent.has(client)) client.write(data)
    })
    if (isCut) silence(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(target)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    get open() {
      return clients.size
    },
    get accepted() {
      return accepted
    },
    cut() {
      isCut = true
      clients.forEach(silence)
    },
    mend() {
      isCut = false
      cutAt = undefined
    },
    cutAt(text) {
      cutAt = text
    },
    async stop() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve()
        })
      })
      for (const client of clients) client.destroy()
      await closed
    },
  }
}
