/** I11 can fail: what was changed in the audit log, and what was changed beside it, is found. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { checkAudit } from '@paycluster/cluster/verify/check-audit'
import { HeadSigner } from '@paycluster/platform/audit/audit-chain'
import { toAuditEvent } from '@paycluster/platform/audit/audit-event'
import { systemClock } from '@paycluster/platform/clock'
import { createLogger } from '@paycluster/platform/logging'
import { endPool } from '@paycluster/testkit/end-pool'
import { query } from '@paycluster/testkit/query'
import { startTestPostgres, type TestPostgres } from '@paycluster/testkit/test-postgres'
import type { Pool } from 'pg'
import { AuditLog } from '../../event-services/src/audit/audit-log.ts'
import { createEventsPool } from '../../event-services/src/events-pool.ts'

const SECRET = 'a secret for tests, of 32 letters or more'
let db: TestPostgres
let pool: Pool
beforeAll(async () => {
  db = await startTestPostgres()
  pool = createEventsPool({ url: db.eventsUrl, name: 'audit-test', logger: createLogger('test', 'fatal'), max: 1 })
}, 60_000)
afterAll(async () => {
  await endPool(pool)
  await db.stop()
})

beforeEach(async () => {
  await query(db.superuserUrl, 'TRUNCATE audit_batches, audit_records')
  const log = new AuditLog(pool, new HeadSigner(SECRET), systemClock)
  for (let batch = 0; batch < 12; batch++)
    await log.append(
      [1, 2, 3].map((n) => {
        const subject = `pay_${batch}_${n}`
        const event = { id: `${subject}.1`, type: n === 3 ? 'key.revoked' : 'payment.succeeded', subject }
        return toAuditEvent(n, {
          offset: String(batch),
          value: Buffer.from(n === 2 ? 'no event' : JSON.stringify(event)),
        })
      }),
    )
})

const found = () => checkAudit(db.monitorUrl, SECRET)

describe('I11', () => {
  it('is so where nothing was changed', async () => {
    expect(await found()).toEqual({ checked: 36, violations: 0, rows: [], notes: [] })
  })

  it('is not so with another secret', async () => {
    expect(await checkAudit(db.monitorUrl, `${SECRET}!`)).toMatchObject({ checked: 36, violations: 12 })
  })

  it.each([
    [
      'DELETE FROM audit_records WHERE seq = 5',
      ['a record is not found by anything', 'rows by which no record is found'],
    ],
    [
      `UPDATE audit_records SET type = 'key.created', key = 'key_x .9' WHERE seq = 6`,
      ['a record is found by something else'],
    ],
    ['UPDATE audit_records SET batch = 1 WHERE seq = 5', ['a record is found by something else']],
    [
      `INSERT INTO audit_records VALUES (900, 1, 'pay_x .1', 'payment.succeeded')`,
      ['rows by which no record is found'],
    ],
    [
      `UPDATE audit_batches SET made_at = made_at - interval '1 day' WHERE number = 9`,
      ['a batch is not as it was signed'],
    ],
    [`UPDATE audit_batches SET content = '' WHERE number = 9`, ['a batch cannot be read']],
    [
      'DELETE FROM audit_batches WHERE number = 10',
      [
        'a batch is missing',
        'records are missing',
        'a batch does not follow the one before it',
        'rows by which no record is found',
      ],
    ],
  ])('finds %s', async (statement, problems) => {
    await query(db.superuserUrl, statement)
    const { rows } = await found()
    expect(rows.map(({ problem }) => problem)).toEqual(problems)
  })
})
