/**
 * Lets pass a file's bytes line by line, as far as they are text: what comes out ends with a line, is UTF-8, and has no
 * line that is longer than any of a statement. So the parser behind it holds one line at most, whatever comes.
 */
import { isUtf8 } from 'node:buffer'
import { Transform, type TransformCallback } from 'node:stream'
import { StatementError } from './statement-error.ts'

/** A line of ours has some 150 bytes. */
export const MAX_LINE_BYTES = 16_384
const NEWLINE = 0x0a

export class WholeLines extends Transform {
  readonly #maxBytes: number
  /** What came of a line that has not ended yet. */
  #rest: Buffer = Buffer.alloc(0)
  #bytes = 0
  #lines = 0

  /** @param maxBytes  of the whole file */
  constructor(maxBytes: number) {
    super()
    this.#maxBytes = maxBytes
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#bytes += chunk.length
      if (this.#bytes > this.#maxBytes)
        throw new StatementError(`the statement is larger than ${this.#maxBytes} bytes`, { isTooLarge: true })
      const end = chunk.lastIndexOf(NEWLINE) + 1
      if (end === 0) this.#keep(chunk)
      else {
        const first = chunk.indexOf(NEWLINE)
        if (this.#rest.length + first > MAX_LINE_BYTES) throw this.#tooLong()
        const block =
          this.#rest.length === 0 ? chunk.subarray(0, end) : Buffer.concat([this.#rest, chunk.subarray(0, end)])
        this.#check(block)
        this.push(block)
        this.#rest = Buffer.alloc(0)
        this.#keep(chunk.subarray(end))
      }
      done()
    } catch (error) {
      done(error as Error)
    }
  }

  override _flush(done: TransformCallback): void {
    if (this.#bytes === 0) done(new StatementError('the statement is empty'))
    else if (this.#rest.length > 0)
      done(new StatementError(`line ${this.#lines + 1} does not end: the statement is cut off`))
    else done()
  }

  #keep(rest: Buffer): void {
    if (this.#rest.length + rest.length > MAX_LINE_BYTES) throw this.#tooLong()
    // A copy: the chunk is the reader's.
    this.#rest = Buffer.concat([this.#rest, rest])
  }

  #tooLong(): StatementError {
    return new StatementError(`line ${this.#lines + 1} is longer than ${MAX_LINE_BYTES} bytes`)
  }

  /** @param block  of whole lines */
  #check(block: Buffer): void {
    const isText = isUtf8(block) && !block.includes(0)
    let from = 0
    for (let to = block.indexOf(NEWLINE); to !== -1; to = block.indexOf(NEWLINE, from)) {
      if (to - from > MAX_LINE_BYTES) throw this.#tooLong()
      if (!isText) {
        const line = block.subarray(from, to)
        if (!isUtf8(line)) throw new StatementError(`line ${this.#lines + 1} is not UTF-8`)
        if (line.includes(0)) throw new StatementError(`line ${this.#lines + 1} holds U+0000`)
      }
      this.#lines += 1
      from = to + 1
    }
  }
}
