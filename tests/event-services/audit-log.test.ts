/** The audit log in a real database: one chain, whatever comes twice, at once or is cut off. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { HeadSigner, type RecordContent } from '@paycluster/platform/audit/audit-chain'
import { decodeContent, encodeContent } from '@paycluster/platform/audit/batch-content'
import { verifyExport, type ExportHead } from '@paycluster/platform/audit/verify-audit'
import { systemClock } from '@paycluster/platform/clock'
import { createLogger } from '@paycluster/platform/logging'
import { endPool } from '@paycluster/testkit/end-pool'
import { query } from '@paycluster/testkit/query'
import { startTestPostgres, type TestPostgres } from '@paycluster/testkit/test-postgres'
import type { Pool } from 'pg'
import { toAuditEvent, type AuditEvent } from '@paycluster/platform/audit/audit-event'
import { AuditLog } from '../../event-services/src/audit/audit-log.ts'
import { toBatch, type AuditBatchRow } from '../../inquiry-service/src/audit/audit-row.ts'
import { createEventsPool } from '../../event-services/src/events-pool.ts'

const signer = new HeadSigner('a secret for tests, of 32 letters or more')
let db: TestPostgres
let pools: Pool[]
let logs: AuditLog[]

beforeAll(async () => {
  db = await startTestPostgres()
  const logger = createLogger('audit-test', 'fatal')
  pools = ['one', 'two'].map((name) => createEventsPool({ url: db.eventsUrl, name, logger, max: 2 }))
  logs = pools.map((pool) => new AuditLog(pool, signer, systemClock))
}, 60_000)
afterAll(async () => {
  await Promise.all(pools.map(endPool))
  await db.stop()
})

const log = (n = 0): AuditLog => {
  const found = logs[n]
  if (found === undefined) throw new Error(`there is no log ${n}`)
  return found
}

let told = 0
/** Events that nobody has told before. */
const events = (count: number): AuditEvent[] =>
  Array.from({ length: count }, () => {
    told += 1
    const event = { id: `pay_${told}.1`, type: 'payment.succeeded', subject: `pay_${told}`, data: { amount: told } }
    return toAuditEvent(told % 12, { offset: String(told), value: Buffer.from(JSON.stringify(event)) })
  })

/** The log as it is exported. */
async function* exported(): AsyncGenerator<string, void> {
  const head: ExportHead = { format: 'payment-cluster audit', version: 1, public_key: signer.publicKey }
  yield JSON.stringify(head)
  const rows = await query<AuditBatchRow>(
    db.readerUrl,
    `SELECT number::float8 AS number, first_seq::float8 AS first_seq, content,
       to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS made_at,
       encode(previous_head, 'hex') AS previous_head, encode(head, 'hex') AS head, encode(signature, 'hex') AS signature
     FROM audit_batches ORDER BY number`,
  )
  for (const row of rows) yield JSON.stringify(await toBatch(row))
}

const checked = () => verifyExport(exported(), signer.publicKey)

describe('the audit log', () => {
  it('is empty, then a batch, then a chain', async () => {
    expect(await checked()).toMatchObject({ records: 0 })
    expect(await log().append(events(5))).toEqual({ number: 1, firstSeq: 1, count: 5 })
    expect(await log().append(events(1))).toEqual({ number: 2, firstSeq: 6, count: 1 })
    expect(await checked()).toMatchObject({ batches: 2, records: 6, lastSeq: 6, isFromStart: true })
  })

  it('takes an event once, however often it is told', async () => {
    const { records } = await checked()
    const told = events(4)
    expect(await log().append([...told, ...told.slice(2)])).toMatchObject({ count: 4 })
    expect(await log(1).append(told)).toBeUndefined()
    expect(await log(1).append([...told, ...events(1)])).toMatchObject({ count: 1 })
    expect(await checked()).toMatchObject({ records: records + 5 })
  })

  it('is one chain when two append at once, also the same', async () => {
    const { records, batches } = await checked()
    const rounds = Array.from({ length: 20 }, () => events(7))
    await Promise.all(rounds.flatMap((round, n) => [log(n % 2).append(round), log((n + 1) % 2).append(round)]))
    expect(await checked()).toMatchObject({ records: records + 140, batches: batches + 20 })
  })

  it('keeps what is no event, by where it stood', async () => {
    const bytes = [
      Buffer.from([0xff, 0x00, 0x7b]),
      Buffer.from('{"id":1}'),
      Buffer.from('{"id":"a\\u0000","type":"t","subject":"s"}'),
      null,
    ]
    const unreadable = bytes.map((value, n) => toAuditEvent(3, { offset: String(1_000_000 + n), value }))
    expect(await log().append(unreadable)).toMatchObject({ count: 4 })
    const rows = await query(db.readerUrl, `SELECT key FROM audit_records WHERE type = 'unreadable' ORDER BY seq`)
    expect(rows).toEqual(bytes.map((_value, n) => ({ key: `event-3-${1_000_000 + n} .1` })))
    const lines: string[] = []
    for await (const line of exported()) lines.push(line)
    const last = JSON.parse(lines.at(-1) ?? '') as { records: { body: string; body_encoding: BufferEncoding }[] }
    const kept = last.records.map(({ body, body_encoding }) => Buffer.from(body, body_encoding))
    expect(kept).toEqual(bytes.map((value) => value ?? Buffer.alloc(0)))
    await checked()
  })

  it('goes on where it was when a connection is lost', async () => {
    const { records } = await checked()
    const round = events(3)
    const appending = Array.from({ length: 30 }, (_, n) => log(n % 2).append(n === 0 ? round : events(1)))
    await query(
      db.superuserUrl,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'one'`,
    )
    const ends = await Promise.allSettled(appending)
    const lost = ends.filter(({ status }) => status === 'rejected').length
    await log().append(round)
    const after = await checked()
    // Each that was lost is in the log or is not; none is in it twice, and the chain is one.
    expect(after.records).toBeGreaterThanOrEqual(records + 32 - lost)
    expect(after.records).toBeLessThanOrEqual(records + 32)
  })

  it('shows what somebody with every right has changed', async () => {
    const [row] = await query<{ content: Buffer }>(db.readerUrl, 'SELECT content FROM audit_batches WHERE number = 1')
    const records = await decodeContent(row?.content ?? Buffer.alloc(0), 1)
    const change = async (changed: readonly RecordContent[]): Promise<void> => {
      await query(db.superuserUrl, 'UPDATE audit_batches SET content = $1 WHERE number = 1', [
        await encodeContent(changed),
      ])
    }
    await change(records.map((record) => (record.seq === 4 ? { ...record, body: Buffer.from('{}') } : record)))
    await expect(checked()).rejects.toThrow('batch 1 is altered')
    await change(records.filter(({ seq }) => seq !== 4))
    await expect(checked()).rejects.toThrow('batch 1 is altered')
    await change(records)
    await query(db.superuserUrl, 'DELETE FROM audit_batches WHERE number = 2')
    await expect(checked()).rejects.toThrow('batch 2 is missing: 3 is in its place')
  })
})
