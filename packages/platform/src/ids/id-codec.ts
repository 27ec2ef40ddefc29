/**
 * Ids that prove themselves.
 *
 *     pay_  3f9k…26 characters…  7q2m8c  d0x5ra
 *           128 bits             issued  owner
 *
 * The 128 bits are what the ledger stores, as a uuid. The first tag is an HMAC over prefix and body: an id that this
 * cluster never issued is refused before it touches cache or database. The second is over all that stands before it and
 * the client, so that a service checks who owns an id without a lookup; 30 bits make a stranger's guess a chance in 10^9
 * an id, and the worker checks again in the ledger. Tags are compared in constant time.
 */
import { createHmac, createSecretKey, hkdfSync, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { decodeBody, encodeBody, encodeTag } from './base32.ts'

export type IdPrefix = 'pay' | 'acc' | 'ref' | 'opr' | 'whe' | 'whd' | 'alr' | 'sil' | 'rec' | 'dif'

const BODY_START = 4
const BODY_END = BODY_START + 26
const ISSUED_END = BODY_END + 6
const ID_LENGTH = ISSUED_END + 6
/** Ids that were asked for come again: a statement's next page, an account's next read, the next payment to a shop. About 4 MB each. */
const REMEMBERED_IDS = 16_384

/** Derives one purpose's key from the cluster secret (HKDF, RFC 5869), so that no two purposes share a key. */
export function deriveKey(clusterSecret: string, purpose: string): KeyObject {
  return createSecretKey(new Uint8Array(hkdfSync('sha256', clusterSecret, '', `payment-cluster ${purpose}`, 32)))
}

const sameText = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'))

/** Makes, checks and translates the ids of one cluster. */
export class IdCodec {
  readonly #tagKey: KeyObject
  readonly #bodyKey: KeyObject
  readonly #texts = new LRUCache<string, string>({ max: REMEMBERED_IDS })
  readonly #owned = new LRUCache<string, true>({ max: REMEMBERED_IDS })
  readonly #issued = new LRUCache<string, true>({ max: REMEMBERED_IDS })

  /** @param clusterSecret  the same on every service; another secret makes every issued id foreign */
  constructor(clusterSecret: string) {
    this.#tagKey = deriveKey(clusterSecret, 'id tags')
    this.#bodyKey = deriveKey(clusterSecret, 'id bodies')
  }

  /**
   * The id that a client's idempotency key stands for: the same client, operation and key give the same id, on every
   * instance and for ever. That is the whole of the money guarantee against duplicates.
   */
  derive(prefix: IdPrefix, client: number, idempotencyKey: string): string {
    const digest = createHmac('sha256', this.#bodyKey).update(`${prefix}|${client}|${idempotencyKey}`).digest()
    return this.#text(prefix, encodeBody(digest), client)
  }

  /** A fresh random id that belongs to `client`. */
  random(prefix: IdPrefix, client: number): string {
    return this.#text(prefix, encodeBody(randomBytes(16)), client)
  }

  /** The text of a stored id. `uuid` is PostgreSQL's text form; `client` the owner that the row names. */
  fromUuid(prefix: IdPrefix, uuid: string, client: number): string {
    const key = `${prefix}${client} ${uuid}`
    const known = this.#texts.get(key)
    if (known !== undefined) return known
    const text = this.#text(prefix, encodeBody(Buffer.from(uuid.replaceAll('-', ''), 'hex')), client)
    this.#texts.set(key, text)
    return text
  }

  /** Whether this cluster issued the id. False for every text that is not an id at all. */
  isIssued(prefix: IdPrefix, id: string): boolean {
    if (!isShaped(prefix, id)) return false
    if (this.#issued.has(id)) return true
    const isIssued = sameText(this.#tag(id.slice(0, BODY_END)), id.slice(BODY_END, ISSUED_END))
    if (isIssued) this.#issued.set(id, true)
    return isIssued
  }

  /** Whether this cluster issued the id to `client`. */
  isOwnedBy(prefix: IdPrefix, id: string, client: number): boolean {
    if (!isShaped(prefix, id)) return false
    const key = `${id} ${client}`
    if (this.#owned.has(key)) return true
    const isOwned = sameText(this.#tag(`${id.slice(0, ISSUED_END)}|${client}`), id.slice(ISSUED_END))
    if (isOwned) this.#owned.set(key, true)
    return isOwned
  }

  #text(prefix: IdPrefix, body: string, client: number): string {
    const head = `${prefix}_${body}`
    const issued = head + this.#tag(head)
    return issued + this.#tag(`${issued}|${client}`)
  }

  #tag(message: string): string {
    return encodeTag(createHmac('sha256', this.#tagKey).update(message).digest())
  }
}

const isShaped = (prefix: IdPrefix, id: string): boolean => id.length === ID_LENGTH && id.startsWith(`${prefix}_`)

/**
 * The 128 bits of an id as 32 hexadecimal digits, which PostgreSQL reads as a uuid. Checks no tag.
 *
 * @throws RangeError when the body is not base32
 */
export function idToUuid(id: string): string {
  return decodeBody(id, BODY_START, uuidBytes).toString('hex')
}

const uuidBytes = Buffer.alloc(16)
