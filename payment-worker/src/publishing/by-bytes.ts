/** Cuts what is sent into pieces of bounded size: neither Kafka nor Redis takes a message of any size. */

/** kafkajs's own record, batch and request overhead of one message, rounded up. */
const OVERHEAD_BYTES = 128

export interface SizedMessage {
  readonly key?: Buffer | string | null
  readonly value: Buffer | string | null
  readonly headers?: Readonly<Record<string, unknown>>
}

const bytesOf = (part: unknown): number =>
  typeof part === 'string' || Buffer.isBuffer(part) ? Buffer.byteLength(part) : 0

/** What a message takes in the log, in bytes, and a little more. */
export function messageBytes({ key, value, headers = {} }: SizedMessage): number {
  let bytes = OVERHEAD_BYTES + bytesOf(key) + bytesOf(value)
  for (const [name, header] of Object.entries(headers)) bytes += bytesOf(name) + bytesOf(header)
  return bytes
}

/**
 * The items in their order, in pieces of at most `maxBytes` and `maxCount`. An item that is larger by itself is a piece by
 * itself.
 */
export function cutByBytes<T>(
  items: readonly T[],
  sizeOf: (item: T) => number,
  { maxBytes, maxCount }: { readonly maxBytes: number; readonly maxCount: number },
): T[][] {
  const pieces: T[][] = []
  let room = 0
  for (const item of items) {
    const size = sizeOf(item)
    const piece = pieces.at(-1)
    if (piece === undefined || size > room || piece.length >= maxCount) {
      pieces.push([item])
      room = maxBytes - size
    } else {
      piece.push(item)
      room -= size
    }
  }
  return pieces
}
