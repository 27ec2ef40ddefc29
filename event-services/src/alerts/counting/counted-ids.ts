/**
 * Which events of a partition have been counted: all before an offset, and of those behind it the ones that are told again.
 * The tables have it; this remembers it from one batch to the next.
 */
import type { ClientBase } from 'pg'
import { readEnds, readIds } from './count-store.ts'
import { digestsIn, digestText } from './listened-event.ts'

/** The worker tells again what it had told last when it died: a few batches of it, of 500 each. */
const MAX_IDS = 16_384
const MAX_SLICES = 1_000

export interface CountedPart {
  readonly nextOffset: number
  readonly ids: ReadonlySet<string>
}

const NOTHING: CountedPart = { nextOffset: 0, ids: new Set() }

export class CountedIds {
  readonly #parts = new Map<number, { nextOffset: number; ids: Set<string> }>()

  /** What the tables have of partitions; read again where another process has counted since. @throws DatabaseError */
  async of(client: ClientBase, partitions: readonly number[]): Promise<ReadonlyMap<number, CountedPart>> {
    const ends = await readEnds(client, partitions)
    const known = new Map<number, CountedPart>()
    for (const partition of partitions) {
      const nextOffset = ends.get(partition)
      if (nextOffset === undefined) {
        known.set(partition, NOTHING)
        continue
      }
      if (this.#parts.get(partition)?.nextOffset !== nextOffset) {
        const ids = (await readIds(client, partition, MAX_SLICES)).toReversed().flatMap(textsOf)
        this.#parts.set(partition, { nextOffset, ids: new Set(ids.slice(-MAX_IDS)) })
      }
      known.set(partition, this.#parts.get(partition) ?? NOTHING)
    }
    return known
  }

  /** Once it is committed. @param ids  as {@link digestText} gives them */
  add(partition: number, nextOffset: number, ids: readonly string[]): void {
    const part = this.#parts.get(partition) ?? { nextOffset, ids: new Set<string>() }
    part.nextOffset = nextOffset
    for (const id of ids) part.ids.add(id)
    // In the order in which they came.
    for (const id of part.ids) {
      if (part.ids.size <= MAX_IDS) break
      part.ids.delete(id)
    }
    this.#parts.set(partition, part)
  }
}

const textsOf = (ids: Buffer): string[] => Array.from({ length: digestsIn(ids) }, (_, index) => digestText(ids, index))
