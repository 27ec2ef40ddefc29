/**
 * A lean HTTP client: undici's dispatcher without promises, streams or bodies that nobody reads. What it costs is measured
 * and printed with what it measures.
 */
import { Pool, type Dispatcher } from 'undici'

export interface Exchange {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface LeanAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bytes: number
  /** Only for who keeps bodies. */
  readonly body: string
}

export interface LeanClientOptions {
  /** Also how many requests may be under way. */
  readonly connections: number
  /** The server's unix socket, in place of the address. */
  readonly socketPath?: string
  readonly keepBodies?: boolean
}

const TIMEOUT_MS = 15_000

export class LeanClient {
  readonly #pool: Pool
  readonly #keepBodies: boolean

  constructor(origin: string, { connections, socketPath, keepBodies = false }: LeanClientOptions) {
    this.#keepBodies = keepBodies
    this.#pool = new Pool(origin, {
      connections,
      pipelining: 1,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      ...(socketPath === undefined ? {} : { socketPath }),
    })
  }

  /** @throws Error of the connection; every status is an answer */
  send({ method, path, headers, body }: Exchange): Promise<LeanAnswer> {
    return new Promise((resolve, reject) => {
      const handler = new AnswerHandler(this.#keepBodies, resolve, reject)
      this.#pool.dispatch({ method, path, headers: headers as Record<string, string>, body: body ?? null }, handler)
    })
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
}

class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #keepsBody: boolean
  readonly #resolve: (answer: LeanAnswer) => void
  readonly #reject: (error: Error) => void
  readonly #chunks: Buffer[] = []
  #status = 0
  #headers: LeanAnswer['headers'] = {}
  #bytes = 0

  constructor(keepsBody: boolean, resolve: (answer: LeanAnswer) => void, reject: (error: Error) => void) {
    this.#keepsBody = keepsBody
    this.#resolve = resolve
    this.#reject = reject
  }

  onRequestStart(): void {
    // Nothing of it is needed, but the dispatcher tells by this method which kind of handler it has.
  }

  onResponseStart(_: unknown, status: number, headers: LeanAnswer['headers']): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#keepsBody) this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const body = this.#keepsBody ? Buffer.concat(this.#chunks).toString() : ''
    this.#resolve({ status: this.#status, headers: this.#headers, bytes: this.#bytes, body })
  }

  onResponseError(_: unknown, error: Error): void {
    this.#reject(error)
  }
}
