/**
 * The signed identity: who calls, as inquiry-service found out, in a header that only this cluster can have written.
 *
 *     X-Identity: <base64url JSON> . <base64url HMAC-SHA256>
 *
 * The gateway asks once per key and five seconds and passes the answer on. Services do not trust a bare header: one that
 * is reached past the gateway fails closed.
 */
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { identitySchema, type Identity } from '@paycluster/contracts'
import type { Clock } from '../clock.ts'
import { deriveKey } from '../ids/id-codec.ts'

export const IDENTITY_HEADER = 'x-identity'

/** The gateway may use an answer for 5 s, and for 15 s more while nobody can be asked; 30 s leave room for the request itself and for clocks that differ. */
export const IDENTITY_LIFETIME_S = 30

const MAX_HEADER_LENGTH = 1024
/** Each key has one new header every five seconds: 4,096 hold the traffic of some thousand keys. */
const VERIFIED_HEADERS = 4096

/** Writes identities; only inquiry-service does. */
export class IdentitySigner {
  readonly #key: KeyObject

  constructor(clusterSecret: string) {
    this.#key = deriveKey(clusterSecret, 'identity')
  }

  sign(identity: Identity): string {
    const payload = Buffer.from(JSON.stringify(identity)).toString('base64url')
    return `${payload}.${mac(this.#key, payload).toString('base64url')}`
  }
}

/** Reads identities; every service does, on every request. */
export class IdentityVerifier {
  readonly #key: KeyObject
  readonly #clock: Clock
  readonly #verified = new LRUCache<string, Identity>({ max: VERIFIED_HEADERS })

  constructor(clusterSecret: string, clock: Clock) {
    this.#key = deriveKey(clusterSecret, 'identity')
    this.#clock = clock
  }

  /** The identity, or undefined for a header that is missing, altered, foreign or expired. */
  verify(header: string | undefined): Identity | undefined {
    if (header === undefined || header.length > MAX_HEADER_LENGTH) return undefined
    const known = this.#verified.get(header) ?? this.#read(header)
    if (known === undefined || known.expires_at_s * 1000 <= this.#clock.now()) return undefined
    return known
  }

  #read(header: string): Identity | undefined {
    const dot = header.indexOf('.')
    const payload = header.slice(0, dot)
    const given = Buffer.from(header.slice(dot + 1), 'base64url')
    const expected = mac(this.#key, payload)
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
    const identity = identitySchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()))
    this.#verified.set(header, identity)
    return identity
  }
}

const mac = (key: KeyObject, payload: string): Buffer => createHmac('sha256', key).update(payload).digest()
