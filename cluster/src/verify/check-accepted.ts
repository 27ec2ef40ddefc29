/** I6, what clients saw: every accepted id has one row, terminal, that says what was accepted. And I7, from their remarks. */
import type { Client } from 'pg'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { readRecords, type AcceptedRecord } from './accepted-records.ts'
import { add, findingOf, NOTHING, type Finding, type OffendingRow } from './invariant.ts'
import { inSnapshot } from './snapshot.ts'
import { runSqlCheck } from './sql-check.ts'

/** A parameter of about a megabyte. */
const RECORDS_PER_QUERY = 5_000
/** What a client of the load run says when a read went backwards or a token was not honoured. */
const I7_REMARKS = new Set<unknown>(['backwards', 'token_not_met'])

export interface AcceptedFindings {
  readonly accepted: Finding
  /** I7: reads that went backwards, as the clients noticed them. */
  readonly remarks: readonly OffendingRow[]
}

/**
 * @param path  of a record, see accepted-records.ts
 * @throws Error when the file or the primary cannot be read
 */
export function checkAccepted(primaryUrl: string, codec: IdCodec, path: string): Promise<AcceptedFindings> {
  return inSnapshot(primaryUrl, async (client) => {
    let accepted: Finding = { ...NOTHING, notes: [path] }
    const remarks: OffendingRow[] = []
    let chunk: AcceptedRecord[] = []
    const flush = async (): Promise<void> => {
      accepted = add(accepted, await checkChunk(client, codec, chunk))
      chunk = []
    }
    for await (const line of readRecords(path)) {
      if ('unreadable' in line)
        accepted = add(accepted, findingOf(1, [{ line: line.unreadable, problem: 'unreadable' }]))
      else if ('remark' in line) {
        if (I7_REMARKS.has(line.remark.remark)) remarks.push(line.remark)
      } else if (chunk.push(line.record) === RECORDS_PER_QUERY) await flush()
    }
    await flush()
    return { accepted, remarks }
  })
}

async function checkChunk(client: Client, codec: IdCodec, records: readonly AcceptedRecord[]): Promise<Finding> {
  if (records.length === 0) return NOTHING
  const foreign = records
    .filter(({ id }) => !codec.isIssued(id.startsWith('pay_') ? 'pay' : 'acc', id))
    .map(({ line, id }) => ({ line, id, problem: 'this cluster never issued the id' }))
  const rows = records.map((record) => ({
    ...record,
    id: idToUuid(record.id),
    source: toUuid(record.source),
    destination: toUuid(record.destination),
  }))
  return add(findingOf(0, foreign), await runSqlCheck(client, 'i6-accepted', rows))
}

const toUuid = (id: string | null | undefined): string | null => (id === null || id === undefined ? null : idToUuid(id))
