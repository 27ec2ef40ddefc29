/**
 * Reads a bank's statement: CSV as RFC 4180 has it, in UTF-8, of one day. As it comes, a line at a time, in as much memory
 * for a million lines as for a thousand.
 */
import { pipeline, type Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { STATEMENT_COLUMNS } from '@paycluster/contracts'
import { StatementError } from './statement-error.ts'
import { checkHeader, toStatementLine, type StatementLine, type StatementRecord } from './statement-line.ts'
import { MAX_LINE_BYTES, WholeLines } from './whole-lines.ts'

export interface StatementBounds {
  /** Of UTC: every line is of it. */
  readonly day: string
  /** Of the whole file. */
  readonly maxBytes: number
  /** Lines that are given at once. */
  readonly chunkLines: number
}

/**
 * The lines in their order, in chunks. Nothing of a file counts that is not read to its end.
 *
 * @param file  bytes; it is destroyed when the reading ends early
 * @throws StatementError naming the first line that cannot be read · what the file itself fails with
 */
export async function* readStatement(
  file: Readable,
  { day, maxBytes, chunkLines }: StatementBounds,
): AsyncGenerator<StatementLine[], void> {
  const parser = parse<StatementLine, StatementRecord>({
    bom: true,
    record_delimiter: ['\r\n', '\n'],
    // A quoted field may hold many lines.
    max_record_size: MAX_LINE_BYTES,
    columns: (header: string[]) => {
      checkHeader(header)
      return header
    },
    on_record: (record, { lines }) => toStatementLine(record, lines, day),
  })
  const first: { error?: unknown } = {}
  const lines = pipeline(file, new WholeLines(maxBytes), parser, (error) => {
    if (error) first.error = error
  })
  let chunk: StatementLine[] = []
  try {
    for await (const line of lines as AsyncIterable<StatementLine>)
      if (chunk.push(line) === chunkLines) {
        yield chunk
        chunk = []
      }
  } catch (error) {
    // The pipeline knows who failed first; the iterator may only know that it was ended.
    throw toStatementError(first.error ?? error)
  }
  if (chunk.length > 0) yield chunk
}

function toStatementError(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error
  const line = `line ${typeof error.lines === 'number' ? error.lines : 1}`
  if (error.code === 'CSV_MAX_RECORD_SIZE') return new StatementError(`${line} is longer than ${MAX_LINE_BYTES} bytes`)
  if (error.code === 'CSV_QUOTE_NOT_CLOSED')
    return new StatementError(`a quote is not closed up to ${line}: the statement is cut off`)
  if (error.code === 'CSV_RECORD_INCONSISTENT_COLUMNS')
    return new StatementError(`${line} does not have the ${STATEMENT_COLUMNS.length} columns of the first`)
  return new StatementError(`${line}: ${error.message}`, { cause: error })
}
