import type { Readable } from 'node:stream'
import { readStatement } from './read-statement.ts'
import type { StatementStore } from './statement-store.ts'

/** Lines of one statement of SQL: half a megabyte. */
const CHUNK_LINES = 5_000

export interface KeptStatement {
  /** A uuid: the run that it is for. */
  readonly run: string
  /** Of UTC. */
  readonly day: string
  readonly maxBytes: number
  readonly signal: AbortSignal
}

/**
 * Reads a statement and keeps its lines, one part being read while the one before is written.
 *
 * @returns how many lines there are
 * @throws StatementError naming the line · what the file or the database fails with · the signal's reason
 */
export async function keepStatement(
  store: Pick<StatementStore, 'insert'>,
  file: Readable,
  { run, day, maxBytes, signal }: KeptStatement,
): Promise<number> {
  const cutOff = (): void => {
    file.destroy(signal.reason as Error)
  }
  if (signal.aborted) cutOff()
  signal.addEventListener('abort', cutOff, { once: true })
  let lines = 0
  let writing: Promise<void> = Promise.resolve()
  try {
    for await (const chunk of readStatement(file, { day, maxBytes, chunkLines: CHUNK_LINES })) {
      await writing
      signal.throwIfAborted()
      lines += chunk.length
      writing = store.insert(run, chunk)
      // Whoever waits for it is told, at the next part.
      writing.catch(() => undefined)
    }
  } finally {
    signal.removeEventListener('abort', cutOff)
    await writing.catch(() => undefined)
  }
  await writing
  return lines
}
