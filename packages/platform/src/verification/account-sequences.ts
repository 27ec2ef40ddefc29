/**
 * Which sequences of which accounts an event has been seen for: a bit each, so that ten million entries take about a
 * megabyte and a half, in whatever order and however often they come.
 */

const FIRST_BYTES = 8

interface Bits {
  bytes: Uint8Array
  /** The highest sequence seen. */
  max: number
}

export class AccountSequences {
  readonly #accounts = new Map<string, Bits>()

  /** @param sequence  from 1 */
  add(account: string, sequence: number): void {
    const bits = this.#accounts.get(account) ?? this.#make(account)
    const index = sequence - 1
    const at = index >> 3
    if (at >= bits.bytes.length) bits.bytes = grown(bits.bytes, at)
    bits.bytes[at] = (bits.bytes[at] ?? 0) | (1 << (index & 7))
    bits.max = Math.max(bits.max, sequence)
  }

  has(account: string, sequence: number): boolean {
    const index = sequence - 1
    return (((this.#accounts.get(account)?.bytes[index >> 3] ?? 0) >> (index & 7)) & 1) === 1
  }

  /** The first sequence of a range, both ends included, that was not seen. */
  firstGap(account: string, from: number, to: number): number | undefined {
    for (let sequence = from; sequence <= to; sequence++) if (!this.has(account, sequence)) return sequence
    return undefined
  }

  /** The highest sequence seen of each account. */
  *highest(): Generator<readonly [account: string, sequence: number]> {
    for (const [account, { max }] of this.#accounts) yield [account, max]
  }

  #make(account: string): Bits {
    const bits = { bytes: new Uint8Array(FIRST_BYTES), max: 0 }
    this.#accounts.set(account, bits)
    return bits
  }
}

/** Doubled, so that growing costs no more than filling. */
function grown(bytes: Uint8Array, at: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(at + 1, bytes.length * 2))
  larger.set(bytes)
  return larger
}
