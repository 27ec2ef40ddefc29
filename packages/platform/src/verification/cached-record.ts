/** Turns an entry of the versioned cache into what `cached-*.sql` compares, by the kind that its key names. */
import { z } from 'zod'
import { FAILURE_CODES, FAILURES } from '@paycluster/contracts'
import { decodeCacheEntry, type CacheEntry } from '../cache/cache-entry.ts'
import { NEWEST_ENTRIES } from '../cache/newest-entries.ts'
import { HOUSE_CLIENT } from '../ids/house-accounts.ts'
import { idToUuid, type IdCodec, type IdPrefix } from '../ids/id-codec.ts'

/** The versioned cache's keys: see packages/platform/src/cache/cache-keys.ts. */
const KEY = /^(bal|acc|pay|ref|ent|pag):((?:acc|pay|ref)_[0-9a-z]{38})(?::(\d+))?(?::(\d+))?$/
/** The kind of id that each kind of key has. */
const PREFIXES: Readonly<Record<string, IdPrefix>> = { pay: 'pay', ref: 'ref' }

export type CachedQuery = 'cached-balances' | 'cached-accounts' | 'cached-payments' | 'cached-refunds' | 'cached-pages'

export interface CachedRecord {
  readonly query: CachedQuery
  readonly entry: CacheEntry
  readonly record: object
}

/** `foreign`: no key of the versioned cache. A text: what is wrong with an entry that no reader could use. */
export type Decoded = CachedRecord | 'foreign' | { readonly problem: string }

const paymentBodySchema = z.looseObject({
  source: z.string(),
  destination: z.string(),
  failure: z.object({ code: z.enum(FAILURE_CODES), detail: z.string() }).nullable(),
})
const refundBodySchema = z.looseObject({ payment: z.string() })
const pageSchema = z.object({
  data: z.array(
    z.object({
      seq: z.int(),
      payment_id: z.string(),
      kind: z.string(),
      amount: z.int(),
      balance_after: z.int(),
      pending_amount: z.int().optional(),
      pending_after: z.int().optional(),
      created_at: z.string(),
    }),
  ),
})

/** @param value  what Redis holds under the key */
export function decodeCached(codec: IdCodec, key: string, value: string): Decoded {
  const [, kind, id = '', first, second] = KEY.exec(key) ?? []
  if (kind === undefined) return 'foreign'
  if (!codec.isIssued(PREFIXES[kind] ?? 'acc', id)) return { problem: 'this cluster never issued the id' }
  const entry = decodeCacheEntry(key, value)
  if (entry === undefined) return { problem: 'no entry of the versioned cache' }
  try {
    const body: unknown = JSON.parse(kind === 'ent' ? `{"data":[${entry.json}]}` : entry.json)
    const common = { key, id: idToUuid(id), text_id: id, version: entry.version, owners: entry.owners, body }
    switch (kind) {
      case 'bal':
        return { query: 'cached-balances', entry, record: common }
      case 'acc':
        return { query: 'cached-accounts', entry, record: common }
      case 'pay':
        return { query: 'cached-payments', entry, record: { ...common, ...paymentFields(codec, id, entry, body) } }
      case 'ref':
        return { query: 'cached-refunds', entry, record: { ...common, ...refundFields(codec, id, entry, body) } }
      case 'ent':
        return { query: 'cached-pages', entry, record: page(common, entry.version, NEWEST_ENTRIES, body) }
      default:
        return { query: 'cached-pages', entry, record: page(common, Number(first) - 1, Number(second), body) }
    }
  } catch {
    return { problem: 'the content cannot be read' }
  }
}

/**
 * What of a payment the ledger does not hold as text: its ids, as uuid and whose tag they bear, and its failure's sentence.
 * The owners are compared with the ledger's, so that an id of nobody among them is wrong in any case.
 */
function paymentFields(codec: IdCodec, id: string, { owners }: CacheEntry, body: unknown): object {
  const { source, destination, failure } = paymentBodySchema.parse(body)
  return {
    id_owner: ownerOf(codec, owners, 'pay', id),
    source: idToUuid(source),
    source_owner: ownerOf(codec, owners, 'acc', source),
    destination: idToUuid(destination),
    destination_owner: ownerOf(codec, owners, 'acc', destination),
    is_failure_told: failure === null || failure.detail === FAILURES[failure.code],
  }
}

function refundFields(codec: IdCodec, id: string, { owners }: CacheEntry, body: unknown): object {
  const { payment } = refundBodySchema.parse(body)
  return {
    id_owner: ownerOf(codec, owners, 'ref', id),
    payment: idToUuid(payment),
    payment_owner: ownerOf(codec, owners, 'pay', payment),
  }
}

/** Whose tag an id bears, of those whom the cache names and the cluster itself, which reads nothing. */
const ownerOf = (codec: IdCodec, owners: readonly number[], prefix: IdPrefix, text: string): number | undefined =>
  codec.isIssued(prefix, text)
    ? [...owners, HOUSE_CLIENT].find((owner) => codec.isOwnedBy(prefix, text, owner))
    : undefined

function page(common: object, lastSeq: number, limit: number, body: unknown): object {
  const items = pageSchema.parse(body).data.map(({ payment_id, ...item }) => ({ ...item, payment: toUuid(payment_id) }))
  return { ...common, body: undefined, first_seq: Math.max(1, lastSeq - limit + 1), last_seq: lastSeq, items }
}

/** As PostgreSQL writes it. */
const toUuid = (id: string): string => idToUuid(id).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
