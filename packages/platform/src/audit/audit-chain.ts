/**
 * The audit log as a chain of signed batches:
 *
 *     record ─ leaf ┐
 *     record ─ leaf ┼─▶ root ─▶ head = SHA-256(number, first, count, time, head of the batch before, root) ─▶ signature
 *     record ─ leaf ┘
 *
 * A record that is altered changes its batch's root, and with it every head from there on. Who has one head, or the public
 * key, needs no trust in whoever keeps the log: a head stands for everything up to it, and a path of a few hashes proves
 * that one record is among it.
 */
import { createPrivateKey, createPublicKey, hkdfSync, sign, verify, type KeyObject } from 'node:crypto'
import { HASH_BYTES, leafHash, sha256 } from './merkle-tree.ts'

/** What a record's hash covers. */
export interface RecordContent {
  /** From 1, without a gap over the whole log. */
  readonly seq: number
  /** Where it stood in `payment.events`. */
  readonly partition: number
  readonly offset: number
  /** As it stood there, byte by byte. */
  readonly body: Uint8Array
}

/** What a head covers. */
export interface BatchHeader {
  /** From 1, without a gap. */
  readonly number: number
  readonly firstSeq: number
  readonly count: number
  /** RFC 3339, UTC, milliseconds. */
  readonly madeAt: string
  readonly previousHead: Uint8Array
  readonly root: Uint8Array
}

/** What the first batch follows. */
export const GENESIS_HEAD = Buffer.alloc(HASH_BYTES)

const HEAD_LABEL = 'payment-cluster audit head 1'
/** PKCS #8 (RFC 8410, 7) around an Ed25519 seed. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

export const recordHash = ({ seq, partition, offset, body }: RecordContent): Buffer =>
  leafHash(Buffer.from(`${seq} ${partition} ${offset}\n`), body)

export const headOf = ({ number, firstSeq, count, madeAt, previousHead, root }: BatchHeader): Buffer =>
  sha256(Buffer.from(`${HEAD_LABEL}\n${number} ${firstSeq} ${count} ${madeAt}\n`), previousHead, root)

/** Signs heads with an Ed25519 key of the cluster's secret. */
export class HeadSigner {
  readonly #key: KeyObject
  /** SPKI in PEM, to be kept where the log is not. */
  readonly publicKey: string

  constructor(clusterSecret: string) {
    const seed = Buffer.from(hkdfSync('sha256', clusterSecret, '', 'payment-cluster audit', HASH_BYTES))
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' })
    this.publicKey = createPublicKey(this.#key).export({ type: 'spki', format: 'pem' }).toString()
  }

  sign(head: Uint8Array): Buffer {
    return sign(null, head, this.#key)
  }
}

/** Checks heads' signatures. */
export class HeadVerifier {
  readonly #key: KeyObject

  /** @throws TypeError for what is no Ed25519 public key in PEM */
  constructor(publicKey: string) {
    this.#key = readKey(publicKey)
    if (this.#key.asymmetricKeyType !== 'ed25519') throw new TypeError('the key is not one of Ed25519')
  }

  isSigned(head: Uint8Array, signature: Uint8Array): boolean {
    return verify(null, head, this.#key, signature)
  }
}

function readKey(publicKey: string): KeyObject {
  try {
    return createPublicKey(publicKey)
  } catch (cause) {
    throw new TypeError('the key is no public key in PEM', { cause })
  }
}
