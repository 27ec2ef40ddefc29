/**
 * The records of a batch as the database keeps them: one after the other, and compressed, which takes a sixth of the room.
 *
 *     partition uint32 · offset uint64 · length uint32 · body
 */
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'
import type { RecordContent } from './audit-chain.ts'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** Level 1: the next ones take twice as long for a tenth less. */
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
const HEADER_BYTES = 16
/** A batch has 4 MiB of events at most, or one of up to 1 MiB: more is no batch of ours. */
const MAX_CONTENT_BYTES = 64 * 1024 * 1024

export type Unnumbered = Omit<RecordContent, 'seq'>

export function encodeContent(records: readonly Unnumbered[]): Promise<Buffer> {
  const parts = records.flatMap(({ partition, offset, body }) => {
    const header = Buffer.allocUnsafe(HEADER_BYTES)
    header.writeUInt32BE(partition, 0)
    header.writeBigUInt64BE(BigInt(offset), 4)
    header.writeUInt32BE(body.length, 12)
    return [header, body]
  })
  return compress(Buffer.concat(parts), OPTIONS)
}

/**
 * @param firstSeq  the number of the first record
 * @throws Error for what {@link encodeContent} has not made
 */
export async function decodeContent(content: Buffer, firstSeq: number): Promise<RecordContent[]> {
  const bytes = await decompress(content, { maxOutputLength: MAX_CONTENT_BYTES })
  const records: RecordContent[] = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at + 12)
    const body = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length)
    if (body.length < length) throw new RangeError('the batch ends within a record')
    const offset = Number(bytes.readBigUInt64BE(at + 4))
    records.push({ seq: firstSeq + records.length, partition: bytes.readUInt32BE(at), offset, body })
    at += HEADER_BYTES + length
  }
  return records
}
