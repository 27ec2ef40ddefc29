/**
 * Coalesces misses: everything of one kind that missed while the last queries were under way goes into one
 * `= ANY($1)` query (8 µs of CPU a row against 73 one by one).
 *
 *     load() → waits for a flight → read index → one query on one node → each asker gets its row
 *
 * A key that is asked for twice before its flight leaves is read once. One that is asked for after that is read again:
 * the flight's read index may be older than the question.
 */
import type pg from 'pg'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { ReadRouter, ReadSource } from '@paycluster/platform/postgres/read-router'

const MAX_FLIGHTS = 4
const MAX_KEYS = 256
const MAX_PENDING = 20_000

/** A row, if there is one, and where and as of when it was read. */
export interface Loaded<Row> {
  readonly row: Row | undefined
  readonly source: ReadSource
}

export interface BatchQuery<Row> {
  /** A prepared statement with the keys as `$1`, an array. */
  readonly name: string
  readonly text: string
  keyOf(row: Row): string
}

interface Asker<Row> {
  readonly resolve: (loaded: Loaded<Row>) => void
  readonly reject: (error: unknown) => void
}

export class MissBatch<Row extends pg.QueryResultRow> {
  readonly #router: ReadRouter
  readonly #query: BatchQuery<Row>
  #pending = new Map<string, Asker<Row>[]>()
  #flights = 0
  #isScheduled = false

  constructor(router: ReadRouter, query: BatchQuery<Row>) {
    this.#router = router
    this.#query = query
  }

  /**
   * @param key  as the ledger has it
   * @throws ProblemError 503 when no node can answer, or when too much waits already (`overloaded`)
   */
  load(key: string): Promise<Loaded<Row>> {
    return new Promise((resolve, reject) => {
      const askers = this.#pending.get(key)
      if (askers !== undefined) {
        askers.push({ resolve, reject })
        return
      }
      if (this.#pending.size >= MAX_PENDING) {
        reject(new ProblemError('overloaded', 'Too many reads wait for a replica.'))
        return
      }
      this.#pending.set(key, [{ resolve, reject }])
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#isScheduled || this.#flights >= MAX_FLIGHTS || this.#pending.size === 0) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      void this.#fly(this.#board())
    })
  }

  #board(): Map<string, Asker<Row>[]> {
    const boarding = this.#pending
    if (boarding.size <= MAX_KEYS) {
      this.#pending = new Map()
      return boarding
    }
    const aboard = new Map([...boarding].slice(0, MAX_KEYS))
    for (const key of aboard.keys()) boarding.delete(key)
    return aboard
  }

  async #fly(askers: ReadonlyMap<string, readonly Asker<Row>[]>): Promise<void> {
    this.#flights++
    this.#schedule()
    try {
      const position = await this.#router.position()
      const values = [`{${[...askers.keys()].join(',')}}`]
      const { name, text } = this.#query
      const { value, source } = await this.#router.read(position, (query) => query<Row>({ name, text, values }))
      const rows = new Map(value.rows.map((row) => [this.#query.keyOf(row), row] as const))
      for (const [key, group] of askers) for (const asker of group) asker.resolve({ row: rows.get(key), source })
    } catch (error) {
      for (const group of askers.values()) for (const asker of group) asker.reject(error)
    } finally {
      this.#flights--
      this.#schedule()
    }
  }
}
