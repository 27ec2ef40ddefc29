/** I9 can fail: a replica that stays behind or holds something else is found. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { checkReplicas, type NamedUrl } from '@paycluster/cluster/verify/check-replicas'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { ISO_4217_CODES } from '@paycluster/contracts'
import { HOUSE_ROLES } from '@paycluster/platform/ids/house-accounts'
import { query } from '@paycluster/testkit/query'
import { seedLedger } from '@paycluster/testkit/seed-ledger'
import { startTestPostgres, type TestPostgres } from '@paycluster/testkit/test-postgres'

const codec = new IdCodec('a secret for tests, of 32 letters or more')
let db: TestPostgres
let replicas: NamedUrl[]
beforeAll(async () => {
  db = await startTestPostgres({ replicas: 2 })
  replicas = db.replicas.map(({ name, monitorUrl }) => ({ name, url: monitorUrl }))
  await seedLedger(db.ownerUrl, codec)
}, 60_000)
afterAll(() => db.stop())

const WAIT_MS = 5_000
const check = (waitMs = WAIT_MS) => checkReplicas(db.monitorUrl, replicas, waitMs)

describe('I9', () => {
  it('passes when every replica holds what the primary holds', async () => {
    const finding = await check()
    expect(finding).toMatchObject({ violations: 0, notes: ['replica_1: every table', 'replica_2: every table'] })
    // Payments, entries, accounts, balances and clients, on each of two.
    const house = ISO_4217_CODES.length * HOUSE_ROLES.length
    expect(finding.checked).toBe(2 * (115 + 220 + 11 + 11 + 2 + house + house + 1))
  })

  it('compares what cannot change any more when there is no rest', async () => {
    const rest = new AbortController()
    const writer = (async () => {
      while (!rest.signal.aborted) await query(db.ownerUrl, 'UPDATE ledger_offsets SET next_offset = next_offset + 1')
    })()
    try {
      const finding = await check()
      expect(finding.violations).toBe(0)
      expect(finding.checked).toBeGreaterThan(0)
    } finally {
      rest.abort()
      await writer
    }
  })

  it('finds a replica that does not replay', async () => {
    await query(db.replicas[1]?.superuserUrl ?? '', 'SELECT pg_wal_replay_pause()')
    try {
      await query(db.ownerUrl, "INSERT INTO clients (name) VALUES ('late')")
      expect(await check(300)).toMatchObject({
        violations: 1,
        rows: [{ replica: 'replica_2', problem: 'does not catch up' }],
      })
    } finally {
      await query(db.replicas[1]?.superuserUrl ?? '', 'SELECT pg_wal_replay_resume()')
    }
  })

  it('finds a node that holds something else', async () => {
    // A replica cannot be written to: another database of the same server stands for one that went its own way.
    const other = await db.createDatabase()
    await seedLedger(other.ownerUrl, codec)
    await query(other.superuserUrl, 'UPDATE payments SET amount = amount + 1 WHERE source_seq = 3')
    const finding = await checkReplicas(db.monitorUrl, [{ name: 'strayed', url: other.monitorUrl }], 300)
    expect(finding.violations).toBeGreaterThan(0)
  })

  it('finds a replica that is away', async () => {
    const away = { name: 'replica_9', url: 'postgres://nobody:nothing@127.0.0.1:1/none' }
    expect(await checkReplicas(db.monitorUrl, [away], WAIT_MS)).toMatchObject({ violations: 1 })
  })
})
