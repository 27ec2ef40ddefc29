/** Turns an entry of the versioned cache into what `invariants/i8-*.sql` compares, by the kind that its key names. */
import { z } from 'zod'
import { decodeCacheEntry, type CacheEntry } from '@paycluster/platform/cache/cache-entry'
import { NEWEST_ENTRIES } from '@paycluster/platform/cache/newest-entries'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import type { InvariantQuery } from './sql-check.ts'

/** The versioned cache's keys: see packages/platform/src/cache/cache-keys.ts. */
const KEY = /^(bal|acc|pay|ent|pag):((?:acc|pay)_[0-9a-z]{38})(?::(\d+))?(?::(\d+))?$/

export interface CachedRecord {
  readonly query: InvariantQuery
  readonly entry: CacheEntry
  readonly record: object
}

/** `foreign`: no key of the versioned cache. A text: what is wrong with an entry that no reader could use. */
export type Decoded = CachedRecord | 'foreign' | { readonly problem: string }

const paymentBodySchema = z.looseObject({ source: z.string(), destination: z.string() })
const pageSchema = z.object({
  data: z.array(
    z.object({
      seq: z.int(),
      payment_id: z.string(),
      kind: z.string(),
      amount: z.int(),
      balance_after: z.int(),
      created_at: z.string(),
    }),
  ),
})

/** @param value  what Redis holds under the key */
export function decodeCached(codec: IdCodec, key: string, value: string): Decoded {
  const [, kind, id = '', first, second] = KEY.exec(key) ?? []
  if (kind === undefined) return 'foreign'
  if (!codec.isIssued(id.startsWith('pay_') ? 'pay' : 'acc', id)) return { problem: 'this cluster never issued the id' }
  const entry = decodeCacheEntry(key, value)
  if (entry === undefined) return { problem: 'no entry of the versioned cache' }
  try {
    const body: unknown = JSON.parse(kind === 'ent' ? `{"data":[${entry.json}]}` : entry.json)
    const common = { key, id: idToUuid(id), text_id: id, version: entry.version, owners: entry.owners, body }
    switch (kind) {
      case 'bal':
        return { query: 'i8-cached-balances', entry, record: common }
      case 'acc':
        return { query: 'i8-cached-accounts', entry, record: common }
      case 'pay':
        return { query: 'i8-cached-payments', entry, record: { ...common, ...accountsOf(body) } }
      case 'ent':
        return { query: 'i8-cached-pages', entry, record: page(common, entry.version, NEWEST_ENTRIES, body) }
      default:
        return { query: 'i8-cached-pages', entry, record: page(common, Number(first) - 1, Number(second), body) }
    }
  } catch {
    return { problem: 'the content cannot be read' }
  }
}

function accountsOf(body: unknown): { source: string; destination: string } {
  const { source, destination } = paymentBodySchema.parse(body)
  return { source: idToUuid(source), destination: idToUuid(destination) }
}

function page(common: object, lastSeq: number, limit: number, body: unknown): object {
  const items = pageSchema.parse(body).data.map(({ payment_id, ...item }) => ({ ...item, payment: toUuid(payment_id) }))
  return { ...common, body: undefined, first_seq: Math.max(1, lastSeq - limit + 1), last_seq: lastSeq, items }
}

/** As PostgreSQL writes it. */
const toUuid = (id: string): string => idToUuid(id).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
