/** Least rights: what each role may do to each table, as PostgreSQL grants it and as it acts. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { query } from '@paycluster/testkit/query'
import { startTestPostgres, type TestPostgres } from '@paycluster/testkit/test-postgres'

const TABLES = [
  'analytics.counted_events',
  'analytics.progress',
  'analytics.rollups',
  'access_changes',
  'account_balances',
  'account_changes',
  'accounts',
  'alert_counts',
  'alert_events',
  'alert_looks',
  'alert_notifications',
  'alert_silences',
  'alert_slices',
  'alerts',
  'api_keys',
  'audit_batches',
  'audit_records',
  'bank_calls',
  'bank_statement_lines',
  'client_limits',
  'client_terms',
  'clients',
  'dead_letter_changes',
  'dead_letters',
  'entries',
  'ledger_offsets',
  'payment_operations',
  'payment_tasks',
  'payments',
  'reconciliation_differences',
  'reconciliation_runs',
  'reconciliation_watermarks',
  'webhook_attempts',
  'webhook_deliveries',
  'webhook_endpoints',
] as const
const PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'] as const
/** Of which inquiry-service has no business. */
const NOT_SERVED = /^ledger_offsets$|^webhook_|^alert|^analytics\.|^reconciliation_|^bank_statement_/
const DENIED = /permission denied|must be owner/
const READ_WRITE = 'BEGIN READ WRITE;'

let db: TestPostgres
beforeAll(async () => {
  db = await startTestPostgres()
}, 60_000)
afterAll(() => db.stop())

async function privileges(role: string): Promise<Record<string, string>> {
  const rows = await query<{ table: string; privileges: string }>(
    db.ownerUrl,
    `SELECT t AS "table", string_agg(p, ' ' ORDER BY n) AS privileges
     FROM unnest($1::text[]) AS t, unnest($2::text[]) WITH ORDINALITY AS x (p, n)
     WHERE has_table_privilege($3, t, p)
     GROUP BY t ORDER BY t`,
    [TABLES, PRIVILEGES, role],
  )
  return Object.fromEntries(rows.map((row) => [row.table, row.privileges]))
}

describe('payments_worker', () => {
  it('appends to the ledger and updates balances and offsets, no more', async () => {
    expect(await privileges('payments_worker')).toEqual({
      access_changes: 'SELECT INSERT',
      account_balances: 'SELECT INSERT UPDATE',
      account_changes: 'SELECT INSERT',
      accounts: 'SELECT INSERT',
      api_keys: 'SELECT INSERT',
      bank_calls: 'SELECT INSERT',
      client_limits: 'SELECT INSERT UPDATE',
      client_terms: 'SELECT INSERT UPDATE',
      clients: 'SELECT INSERT',
      dead_letter_changes: 'SELECT INSERT',
      dead_letters: 'SELECT INSERT',
      entries: 'SELECT INSERT',
      ledger_offsets: 'SELECT INSERT UPDATE',
      payment_operations: 'SELECT INSERT',
      payment_tasks: 'SELECT INSERT',
      payments: 'SELECT INSERT',
    })
  })

  it('changes of payments and accounts what operations change', async () => {
    await query(
      db.workerUrl,
      `UPDATE payments SET version = 2, status = 'canceled', captured = 1, refunded = 1,
      completed_at = now() WHERE false`,
    )
    await query(db.workerUrl, 'UPDATE accounts SET revision = 2 WHERE false')
  })

  it.each([
    'UPDATE entries SET amount = 1',
    'DELETE FROM entries',
    'TRUNCATE entries',
    'UPDATE payments SET amount = 1',
    "UPDATE payments SET fingerprint = ''",
    "UPDATE accounts SET currency = 'EUR'",
    'UPDATE payment_operations SET amount = 1',
    'DELETE FROM account_changes',
    'DELETE FROM payments',
    'DELETE FROM payment_tasks',
    'UPDATE payment_tasks SET created_at = now()',
    "UPDATE bank_calls SET outcome = ''",
    'DELETE FROM account_balances',
    'DELETE FROM ledger_offsets',
    "UPDATE clients SET name = 'mallory'",
    'DELETE FROM clients',
    'DELETE FROM api_keys',
    "UPDATE api_keys SET scopes = '{ops}'",
    'UPDATE access_changes SET asked_by_client_id = 1',
    'DELETE FROM access_changes',
    "UPDATE dead_letters SET payload = ''",
    'DELETE FROM dead_letters',
    'DELETE FROM dead_letter_changes',
    'ALTER TABLE entries DISABLE TRIGGER ALL',
    'CREATE TABLE loot (id int)',
    'CREATE TEMPORARY TABLE loot (id int)',
  ])('cannot %s', async (statement) => {
    await expect(query(db.workerUrl, statement)).rejects.toThrow(DENIED)
  })
})

describe('payments_events', () => {
  it('appends to what it keeps, and reads of the ledger what is compared', async () => {
    expect(await privileges('payments_events')).toEqual({
      'analytics.counted_events': 'SELECT INSERT DELETE',
      'analytics.progress': 'SELECT INSERT',
      'analytics.rollups': 'SELECT INSERT DELETE',
      account_balances: 'SELECT',
      account_changes: 'SELECT',
      accounts: 'SELECT',
      alert_counts: 'SELECT INSERT DELETE',
      alert_events: 'SELECT INSERT DELETE',
      alert_looks: 'SELECT INSERT',
      alert_notifications: 'SELECT INSERT DELETE',
      alert_silences: 'SELECT INSERT DELETE',
      alert_slices: 'SELECT INSERT DELETE',
      alerts: 'SELECT INSERT DELETE',
      audit_batches: 'SELECT INSERT',
      audit_records: 'SELECT INSERT',
      bank_statement_lines: 'SELECT INSERT DELETE',
      dead_letter_changes: 'SELECT',
      dead_letters: 'INSERT',
      entries: 'SELECT',
      ledger_offsets: 'SELECT',
      payment_operations: 'SELECT',
      payments: 'SELECT',
      reconciliation_differences: 'SELECT INSERT DELETE',
      reconciliation_runs: 'SELECT INSERT DELETE',
      reconciliation_watermarks: 'SELECT INSERT',
      webhook_attempts: 'SELECT INSERT',
      webhook_deliveries: 'SELECT INSERT DELETE',
      webhook_endpoints: 'SELECT INSERT',
    })
  })

  it('changes of webhooks and analytics what becomes of them, and knows of bank tasks what is not the card’s', async () => {
    await query(db.eventsUrl, 'UPDATE analytics.rollups SET count = 1, volume = 1 WHERE false')
    await query(db.eventsUrl, 'UPDATE analytics.progress SET next_offset = 1, event_at = now() WHERE false')
    await query(db.eventsUrl, 'SELECT id, payment_id, state, answer, reason FROM payment_tasks')
    await query(db.eventsUrl, "SELECT count(*) FROM dead_letters WHERE state = 'open'")
    await query(db.eventsUrl, `UPDATE webhook_endpoints SET url = '', disabled_at = now() WHERE false`)
    await query(db.eventsUrl, `UPDATE webhook_deliveries SET state = 'delivered', attempts = 1 WHERE false`)
    await query(db.eventsUrl, `UPDATE alerts SET state = 'acknowledged', comment = '' WHERE false`)
  })

  it.each([
    "UPDATE audit_records SET key = ''",
    'DELETE FROM audit_records',
    'TRUNCATE audit_records',
    "UPDATE audit_batches SET content = ''",
    'DELETE FROM audit_batches',
    "UPDATE analytics.rollups SET merchant = ''",
    'TRUNCATE analytics.counted_events',
    'CREATE TABLE analytics.loot (id int)',
    'SELECT card_token FROM payment_tasks',
    'SELECT * FROM api_keys',
    'UPDATE payments SET version = 2',
    'DELETE FROM entries',
    'UPDATE bank_statement_lines SET amount = 1',
    "UPDATE reconciliation_differences SET subject = ''",
    'SELECT payload FROM dead_letters',
    "UPDATE webhook_deliveries SET body = ''",
    'UPDATE webhook_endpoints SET client_id = 1',
    "UPDATE alerts SET rule = ''",
    "UPDATE alert_silences SET reason = ''",
    "UPDATE alert_events SET body = ''",
    'DELETE FROM webhook_endpoints',
    'UPDATE account_balances SET posted = 1',
    'ALTER TABLE audit_records DISABLE TRIGGER ALL',
    'CREATE TABLE loot (id int)',
  ])('cannot %s', async (statement) => {
    await expect(query(db.eventsUrl, statement)).rejects.toThrow(DENIED)
  })
})

describe.each([
  ['payments_reader', () => db.readerUrl],
  ['payments_monitor', () => db.monitorUrl],
])('%s', (role, url) => {
  it('may read, no more', async () => {
    const granted = await privileges(role)
    const read = TABLES.filter((table) => role === 'payments_monitor' || !NOT_SERVED.test(table))
    expect(granted).toEqual(Object.fromEntries(read.map((table) => [table, 'SELECT'])))
  })

  it('starts every session read-only', async () => {
    await expect(query(url(), 'CREATE TABLE loot (id int)')).rejects.toThrow('read-only transaction')
  })

  it.each([
    ...TABLES.flatMap((table) => [`DELETE FROM ${table}`, `TRUNCATE ${table}`, `INSERT INTO ${table} DEFAULT VALUES`]),
    'UPDATE account_balances SET posted = 1',
    'SELECT * FROM account_balances FOR UPDATE',
    'CREATE TABLE loot (id int)',
    'CREATE TEMPORARY TABLE loot (id int)',
  ])('cannot %s, also in a transaction that it makes writable', async (statement) => {
    await expect(query(url(), `${READ_WRITE} ${statement}`)).rejects.toThrow(DENIED)
  })
})

describe('anybody else', () => {
  it('has no rights by default', async () => {
    const [row] = await query<{ connect: boolean; create: boolean }>(
      db.ownerUrl,
      `SELECT has_database_privilege('public', 'payments', 'CONNECT') AS connect,
              has_schema_privilege('public', 'public', 'CREATE') AS create`,
    )
    expect(row).toEqual({ connect: false, create: false })
  })
})
