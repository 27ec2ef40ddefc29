import type { SeenState } from '../consistency/seen-state.ts'
import { toText, type Query } from './query.ts'
import type { CallOptions, Transport } from './transport.ts'

/** An answer is about its subject, and whatever accounts it names. */
const subjectsOf = (subject: string | undefined, body: unknown): string[] => {
  const { id, account_id, source, destination } = body as Partial<Record<string, unknown>>
  return [...new Set([subject, id, account_id, source, destination])].filter((value) => typeof value === 'string')
}

/** Calls that carry what was seen from one to the next. */
export class Session {
  readonly #transport: Transport
  readonly #seen: SeenState

  constructor(transport: Transport, seen: SeenState) {
    this.#transport = transport
    this.#seen = seen
  }

  /** @param subject  the id of what is read; undefined for a list of many things */
  async read<T>(path: string, subject: string | undefined, options: CallOptions): Promise<T> {
    const token = this.#seen.tokenFor(subject)
    const headers = token === undefined ? {} : { 'consistency-token': token }
    const answer = await this.#transport.send<T>({ method: 'GET', path, headers }, options)
    this.#note(answer.headers, subject, answer.body)
    return answer.body
  }

  /** A file: what it has seen is noted as of any read. */
  async readFile(path: string, subject: string, options: CallOptions): Promise<Blob> {
    const token = this.#seen.tokenFor(subject)
    const headers = token === undefined ? {} : { 'consistency-token': token }
    const answer = await this.#transport.send<Blob>({ method: 'GET', path, headers, isFile: true }, options)
    this.#note(answer.headers, subject, {})
    return answer.body
  }

  async write<T>(path: string, body: unknown, headers: Record<string, string>, options: CallOptions): Promise<T> {
    const answer = await this.#transport.send<T>({ method: 'POST', path, headers, body }, options)
    this.#note(answer.headers, undefined, answer.body)
    return answer.body
  }

  /** What may be done again with the same effect, without a key. */
  async change<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: unknown, options: CallOptions): Promise<T> {
    return (await this.#transport.send<T>({ method, path, body }, options)).body
  }

  /** A file, of whatever size: all of its attempts together have the call's time. */
  async upload<T>(path: string, file: Blob, type: string, options: CallOptions): Promise<T> {
    return (await this.#transport.send<T>({ method: 'POST', path, file: { blob: file, type } }, options)).body
  }

  /** Every item of a list, page by page as they are wanted. `options` are for each page. */
  async *list<T>(
    path: string,
    subject: string | undefined,
    query: Query,
    options: CallOptions,
  ): AsyncGenerator<T, void> {
    let asked: Query = query
    for (;;) {
      const { data, next_cursor } = await this.read<Page<T>>(path + toText(asked), subject, options)
      yield* data
      if (next_cursor === null) return
      // The cursor carries the filters.
      asked = { limit: query.limit, cursor: next_cursor }
    }
  }

  #note(headers: Headers, subject: string | undefined, body: unknown): void {
    const token = headers.get('consistency-token')
    if (token !== null) this.#seen.note(token, subjectsOf(subject, body))
  }
}

interface Page<T> {
  readonly data: readonly T[]
  readonly next_cursor: string | null
}
