/**
 * The bank's memory: JSON lines that are only ever added to. A line is on the disk before anybody is told of it, so that
 * a bank that is killed anywhere knows afterwards what it has answered.
 */
import { open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { journalRecordSchema, type JournalRecord } from './journal-record.ts'

/** Far longer than any line: where a torn one begins is found within it. */
const TAIL_BYTES = 64 * 1024
const NEWLINE = 0x0a

/** The journal cannot be read or written. Nothing can be promised then, and the bank stops. */
export class JournalError extends Error {
  readonly code = 'journal_failed'
}

interface WaitingLine {
  readonly line: string
  readonly resolve: () => void
  readonly reject: (error: JournalError) => void
}

export class Journal {
  readonly #file: FileHandle
  #waiting: WaitingLine[] = []
  #writing: Promise<void> | undefined
  #failure: JournalError | undefined

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /**
   * Opens or makes the file, and gives every record in it to `restore`, in order. A last line without an end is cut off:
   * it was being written when the bank was killed, and nobody was told of it.
   *
   * @throws JournalError that names the first line which is no record
   */
  static async open(path: string, restore: (record: JournalRecord) => void): Promise<Journal> {
    const file = await open(path, 'a+', 0o600)
    try {
      await cutTornLine(file)
      let number = 0
      for await (const line of file.readLines({ start: 0, autoClose: false })) {
        number += 1
        restore(parseLine(line, `${path}:${number}`))
      }
      await syncFolder(dirname(path))
    } catch (error) {
      await file.close()
      throw error
    }
    return new Journal(file)
  }

  /**
   * Resolves, in the order of the calls, when the record is on the disk. Records that come while others are being
   * written share the next sync.
   *
   * @throws JournalError now and ever after, when one could not be written
   */
  append(record: JournalRecord): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    this.#waiting.push({
      line: lineOf(record),
      resolve: () => {
        resolve(undefined)
      },
      reject,
    })
    this.#writing ??= this.#writeAll()
    return promise
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#writing
    await this.#file.close()
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        if (this.#failure !== undefined) throw this.#failure
        await this.#file.appendFile(batch.map(({ line }) => line).join(''))
        await this.#file.datasync()
        for (const { resolve } of batch) resolve()
      } catch (cause) {
        this.#failure ??= new JournalError('the journal cannot be written', { cause })
        for (const { reject } of batch) reject(this.#failure)
      }
    }
    this.#writing = undefined
  }
}

/** JSON leaves two characters as they are at which Node's readline would end a line. */
const lineOf = (record: JournalRecord): string =>
  `${JSON.stringify(record).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`

async function cutTornLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat()
  const start = Math.max(0, size - TAIL_BYTES)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start)
  const end = start + buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1
  if (end === start && start > 0) throw new JournalError(`the journal's last ${TAIL_BYTES} bytes hold no line`)
  if (end < size) await file.truncate(end)
}

function parseLine(line: string, place: string): JournalRecord {
  try {
    return journalRecordSchema.parse(JSON.parse(line))
  } catch (cause) {
    throw new JournalError(`${place} is no record of a bank-simulator`, { cause })
  }
}

/** A file that was just made is there after a power cut when its folder has been written as well. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
