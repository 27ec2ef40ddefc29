/**
 * One record of a record batch, format version 2 (https://kafka.apache.org/41/implementation/message-format/), in the
 * form that kafkajs's record batch takes: an object with `buf`, `buffer` and `size()`, as its own encoder has them.
 */

type Bytes = Buffer | string | null

export interface KafkaRecord {
  readonly offsetDelta?: number
  /** Milliseconds after the batch's first timestamp. */
  readonly timestampDelta?: number
  readonly key?: Bytes | undefined
  readonly value?: Bytes | undefined
  readonly headers?: Readonly<Record<string, Bytes | readonly Bytes[] | undefined>> | undefined
}

export class EncodedRecord {
  readonly buf: Buffer

  constructor(bytes: Buffer) {
    this.buf = bytes
  }

  get buffer(): Buffer {
    return this.buf
  }

  size(): number {
    return this.buf.length
  }
}

/** Numbers are zigzag-encoded, as signed varints are; exact for all that a delta or a length can be. */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)

function sizeOfVarint(value: number): number {
  let size = 1
  for (let rest = zigzag(value); rest >= 128; rest = Math.floor(rest / 128)) size++
  return size
}

const sizeOf = (bytes: Bytes | undefined): number =>
  bytes === null || bytes === undefined ? -1 : typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length

/** Of a length, and as many bytes: -1 stands for null. */
const sizeOfPrefixed = (size: number): number => sizeOfVarint(size) + Math.max(0, size)

class RecordWriter {
  readonly bytes: Buffer
  #at = 0

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size)
  }

  varint(value: number): void {
    let rest = zigzag(value)
    while (rest >= 128) {
      this.bytes[this.#at++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    this.bytes[this.#at++] = rest
  }

  prefixed(bytes: Bytes | undefined, size: number): void {
    this.varint(size)
    if (bytes === null || bytes === undefined) return
    if (typeof bytes === 'string') this.bytes.write(bytes, this.#at, 'utf8')
    else this.bytes.set(bytes, this.#at)
    this.#at += size
  }
}

/** @returns the record with its length before it */
export function encodeRecord({ offsetDelta = 0, timestampDelta = 0, key, value, headers }: KafkaRecord): EncodedRecord {
  const flat = flatten(headers)
  const keySize = sizeOf(key)
  const valueSize = sizeOf(value)
  let bodySize =
    1 +
    sizeOfVarint(timestampDelta) +
    sizeOfVarint(offsetDelta) +
    sizeOfPrefixed(keySize) +
    sizeOfPrefixed(valueSize) +
    sizeOfVarint(flat.length)
  for (const header of flat) bodySize += sizeOfPrefixed(header.nameSize) + sizeOfPrefixed(header.size)

  const writer = new RecordWriter(sizeOfVarint(bodySize) + bodySize)
  writer.varint(bodySize)
  // The attributes: a record has none.
  writer.varint(0)
  writer.varint(timestampDelta)
  writer.varint(offsetDelta)
  writer.prefixed(key, keySize)
  writer.prefixed(value, valueSize)
  writer.varint(flat.length)
  for (const header of flat) {
    writer.prefixed(header.name, header.nameSize)
    writer.prefixed(header.value, header.size)
  }
  return new EncodedRecord(writer.bytes)
}

interface Header {
  readonly name: string
  readonly nameSize: number
  readonly value: Bytes | undefined
  readonly size: number
}

const NO_HEADERS: readonly Header[] = []

/** A header with several values is as many headers. */
function flatten(headers: KafkaRecord['headers']): readonly Header[] {
  if (headers === undefined) return NO_HEADERS
  const flat: Header[] = []
  for (const [name, values] of Object.entries(headers)) {
    const nameSize = Buffer.byteLength(name)
    const add = (value: Bytes | undefined): unknown => flat.push({ name, nameSize, value, size: sizeOf(value) })
    if (isList(values)) values.forEach(add)
    else add(values)
  }
  return flat
}

const isList = (values: Bytes | readonly Bytes[] | undefined): values is readonly Bytes[] => Array.isArray(values)
