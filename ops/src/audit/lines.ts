import type { Readable } from 'node:stream'
import { UsageError } from '../errors.ts'

/** A batch is 4 MiB of events at most, and their text in JSON a few times that. */
const MAX_LINE_BYTES = 64 * 1024 * 1024
const NEWLINE = 0x0a

/**
 * The lines of a file, one in memory at a time.
 *
 * @throws UsageError for one that is longer than any that an export has
 */
export async function* linesOf(file: Readable): AsyncGenerator<string, void> {
  let pieces: Buffer[] = []
  let bytes = 0
  const take = (): string => {
    const line = Buffer.concat(pieces).toString('utf8')
    pieces = []
    bytes = 0
    return line
  }
  for await (const chunk of file as AsyncIterable<Buffer>) {
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      pieces.push(chunk.subarray(from, at))
      yield take()
      from = at + 1
    }
    pieces.push(chunk.subarray(from))
    bytes += chunk.length - from
    if (bytes > MAX_LINE_BYTES) throw new UsageError(`a line is longer than ${MAX_LINE_BYTES} bytes: this is no export`)
  }
  if (bytes > 0) yield take()
}
