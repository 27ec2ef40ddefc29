/**
 * Merkle trees over SHA-256 as RFC 9162, 2.1 has them: a root that stands for a list of leaves, and the path that proves
 * one of them to who has the root alone. Leaves and inner nodes are hashed with different prefixes, so that neither passes
 * for the other.
 */
import { createHash } from 'node:crypto'

const LEAF_PREFIX = Buffer.of(0)
const NODE_PREFIX = Buffer.of(1)

export const HASH_BYTES = 32

export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** What a leaf is in its tree. */
export const leafHash = (...content: readonly Uint8Array[]): Buffer => sha256(LEAF_PREFIX, ...content)

const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(NODE_PREFIX, left, right)

/** @throws RangeError without a leaf */
export function rootOf(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves
  if (only === undefined) throw new RangeError('a tree has a leaf')
  if (leaves.length === 1) return only
  const middle = largestPowerBelow(leaves.length)
  return nodeHash(rootOf(leaves.slice(0, middle)), rootOf(leaves.slice(middle)))
}

/**
 * The hashes beside the way from a leaf to the root, from the bottom up.
 *
 * @throws RangeError when there is no such leaf
 */
export function pathOf(leaves: readonly Buffer[], index: number): Buffer[] {
  if (index < 0 || index >= leaves.length) throw new RangeError(`no leaf ${index} of ${leaves.length}`)
  if (leaves.length === 1) return []
  const middle = largestPowerBelow(leaves.length)
  const [left, right] = [leaves.slice(0, middle), leaves.slice(middle)]
  return index < middle ? [...pathOf(left, index), rootOf(right)] : [...pathOf(right, index - middle), rootOf(left)]
}

/** The root that a leaf and its path lead to; undefined when no tree of `count` leaves has such a path. */
export function rootOfPath(leaf: Buffer, index: number, count: number, path: readonly Buffer[]): Buffer | undefined {
  if (index < 0 || index >= count) return undefined
  // Of the leaf, and of the last one, at the level that is climbed.
  let [at, last] = [index, count - 1]
  let hash = leaf
  for (const beside of path) {
    if (last === 0) return undefined
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(beside, hash)
      while (at % 2 === 0 && at > 0) [at, last] = [at >>> 1, last >>> 1]
    } else {
      hash = nodeHash(hash, beside)
    }
    ;[at, last] = [at >>> 1, last >>> 1]
  }
  return last === 0 ? hash : undefined
}

/** Of `count` > 1. */
const largestPowerBelow = (count: number): number => 2 ** Math.floor(Math.log2(count - 1))
