import { beforeAll, describe, expect, it } from '@jest/globals'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import type { RunReport } from '@paycluster/traffic-generator/runs/run-report'
import { parseScenarioObject } from '@paycluster/traffic-generator/scenario/parse-scenario'
import { planActs } from '@paycluster/traffic-generator/planning/plan-acts'
import { testCard } from '@paycluster/traffic-generator/planning/test-cards'
import { everythingWritten, filesWith } from '@paycluster/testkit/everything-written'
import { ask, blockedAccounts, cluster, EVERYTHING, labels, over, sql, start, TIMEOUT_MS } from './stage.ts'

/** What the ledger has of a run, by the mark that its payments carry. */
async function ledgerOf(run: string) {
  const rows = await sql<{ kind: string; status: string; n: string }>(
    `SELECT CASE WHEN rail IS NOT NULL THEN rail::text WHEN hold_until IS NOT NULL THEN 'hold' ELSE 'payment' END AS kind,
            status::text, count(*) AS n
       FROM payments WHERE metadata ->> 'traffic_run' = $1 GROUP BY 1, 2`,
    [run],
  )
  const refunds = await sql<{ status: string; n: string }>(
    `SELECT CASE WHEN o.failure IS NULL THEN 'done' ELSE 'failed' END AS status, count(*) AS n
       FROM payment_operations o JOIN payments p ON p.id = o.payment_id
      WHERE o.kind = 'refund' AND p.metadata ->> 'traffic_run' = $1 GROUP BY 1`,
    [run],
  )
  const count = (kinds: readonly string[], statuses: readonly string[]): number =>
    rows
      .filter(({ kind, status }) => kinds.includes(kind) && statuses.includes(status))
      .reduce((sum, { n }) => sum + Number(n), 0)
  const ALL = ['payment', 'hold', 'deposit', 'withdrawal', 'card']
  return {
    failed: count(ALL, ['failed']),
    made: count(ALL, ['succeeded', 'canceled', 'requires_capture']),
    notFinal: count(ALL, ['processing']),
    captured: count(['hold'], ['succeeded']),
    canceled: count(['hold'], ['canceled']),
    deposits: count(['deposit'], ['succeeded']),
    cards: count(['card'], ['succeeded']),
    declinedCards: count(['card'], ['failed']),
    refunds: Number(refunds.find(({ status }) => status === 'done')?.n ?? 0),
    failedRefunds: Number(refunds.find(({ status }) => status === 'failed')?.n ?? 0),
  }
}

describe('a run of every act and every pattern', () => {
  let run: RunReport

  beforeAll(async () => {
    run = await over((await start({ scenario: EVERYTHING })).id)
  }, TIMEOUT_MS)

  it('is over, with nothing that failed unexpectedly, and every kind of act done', () => {
    expect(run).toMatchObject({ state: 'finished', unexpected: 0, in_flight: 0, error: null, left_blocked: [] })
    const kinds =
      'payment hold capture cancel refund deposit withdrawal card_payment batch block unblock balance statement'
    for (const kind of kinds.split(' ')) expect([kind, (run.by_kind[kind]?.done ?? 0) > 0]).toEqual([kind, true])
    const sums = Object.values(run.by_kind).flatMap((outcomes) => Object.values(outcomes))
    expect(sums.reduce((sum, count) => sum + count, 0)).toBe(run.planned)
    expect(run.sent + run.skipped).toBe(run.planned)
    expect(run.rate_reached.overall).toBeGreaterThan(10)
  })

  it('has counted what the ledger has', async () => {
    const ledger = await ledgerOf(run.id)
    const { payments, refunds, by_kind: kinds } = run
    expect(ledger.failed + ledger.made + ledger.notFinal).toBe(payments.done + payments.failed + payments.accepted)
    if (payments.accepted === 0) expect(ledger).toMatchObject({ failed: payments.failed, made: payments.done })
    const wasAccepted = Object.values(kinds).some((outcomes) => (outcomes.accepted ?? 0) > 0)
    if (wasAccepted) return
    expect(ledger).toMatchObject({
      captured: kinds.capture?.done ?? 0,
      canceled: kinds.cancel?.done ?? 0,
      deposits: kinds.deposit?.done ?? 0,
      cards: kinds.card_payment?.done ?? 0,
      declinedCards: kinds.card_payment?.failed ?? 0,
      refunds: refunds.done,
      failedRefunds: refunds.failed,
    })
    expect(ledger.declinedCards).toBeGreaterThan(0)
  })

  it('has a label for each instance, which names payments that are there', async () => {
    const { patterns, ordinary } = await labels(run.id)
    expect(patterns.map(({ label }) => label).sort()).toEqual(EVERYTHING.patterns.map(({ label }) => label).sort())
    for (const line of patterns) {
      expect(line.begun).toBe(line.planned)
      const refusedPayments = line.refused.flatMap(({ payment }) => payment ?? [])
      const ids = [...line.payments, ...refusedPayments]
      const found = await sql<{ n: string; accounts: string[] }>(
        `SELECT count(*) AS n, array_agg(DISTINCT source_id::text) || array_agg(DISTINCT destination_id::text) AS accounts
           FROM payments WHERE id = ANY($1) AND metadata ->> 'traffic_run' = $2`,
        [ids.map(idToUuid), run.id],
      )
      expect([line.label, Number(found[0]?.n)]).toEqual([line.label, ids.length])
      const accounts = found[0]?.accounts.map((uuid) => uuid.replaceAll('-', ''))
      for (const account of line.accounts) expect(accounts).toContain(idToUuid(account))
      expect(Date.parse(line.from)).toBeGreaterThanOrEqual(Date.parse(run.started_at))
      expect(Date.parse(line.to)).toBeGreaterThanOrEqual(Date.parse(line.from))
    }
    const of = (label: string) => patterns.find((line) => line.label === label)
    expect(of('velocity')?.payments).toHaveLength(6)
    expect(of('card_testing')?.refused.map(({ code }) => code)).toEqual(new Array(4).fill('bank_declined'))
    expect(of('blocked_counterparty')?.refused.map(({ code }) => code)).toEqual(new Array(3).fill('account_blocked'))
    expect(of('blocked_counterparty')?.payments).toEqual([])
    expect(of('refund_abuse')?.refunds).toHaveLength(3)
    const labelled = patterns.reduce(
      (sum, { payments, refused }) => sum + payments.length + refused.filter(({ payment }) => payment !== null).length,
      0,
    )
    const { payments } = run
    expect(ordinary).toHaveLength(1)
    expect((ordinary[0]?.payments ?? 0) + labelled).toBe(payments.done + payments.accepted + payments.failed)
  })

  it('leaves no account blocked', async () => {
    expect(await blockedAccounts()).toBe(0)
  })

  it('shows no card: not in labels, logs, answers, metrics, nor anywhere in the cluster', async () => {
    const { customers, merchants } = cluster.demo
    const cast = { currency: 'USD', customers, merchants }
    const scenario = parseScenarioObject(EVERYTHING, 'scenario')
    const cards = [...planActs(scenario, scenario.seed, cast)].flatMap((act) =>
      act.kind === 'card_payment' ? [testCard(scenario.seed, act.card, act.isDeclined).number] : [],
    )
    expect(cards.length).toBeGreaterThan(10)
    const said = [
      (await ask('GET', `/v1/runs/${run.id}`)).text,
      (await ask('GET', `/v1/runs/${run.id}/labels`)).text,
      (await ask('GET', '/metrics')).text,
      ...Object.values(await everythingWritten(cluster)),
    ]
    for (const card of cards) for (const text of said) expect(text.includes(card)).toBe(false)
    expect(filesWith(cluster, cards)).toEqual([])
  })

  it(
    'sends the same plan again as new payments',
    async () => {
      const again = await over((await start({ scenario: { ...EVERYTHING, patterns: [], duration: '3s' } })).id)
      const twin = await over((await start({ scenario: { ...EVERYTHING, patterns: [], duration: '3s' } })).id)
      const planned = ({ planned: all, by_kind: kinds }: RunReport) => [
        all,
        Object.entries(kinds)
          .map(([kind, outcomes]) => [kind, Object.values(outcomes).reduce((sum, count) => sum + count, 0)])
          .sort(),
      ]
      expect(planned(again)).toEqual(planned(twin))
      const amounts = (id: string) =>
        sql<{ amount: string }>(
          `SELECT amount::text FROM payments WHERE metadata ->> 'traffic_run' = $1 AND status <> 'failed' ORDER BY amount`,
          [id],
        )
      expect((await amounts(again.id)).length).toBeGreaterThan(10)
      if (again.payments.failed + twin.payments.failed === 0)
        expect(await amounts(again.id)).toEqual(await amounts(twin.id))
      const [shared] = await sql<{ n: string }>(
        `SELECT count(DISTINCT id) AS n FROM payments WHERE metadata ->> 'traffic_run' = ANY($1)`,
        [[again.id, twin.id]],
      )
      const made = [again, twin].map(({ payments }) => payments.done + payments.failed + payments.accepted)
      expect(Number(shared?.n)).toBe(made.reduce((sum, count) => sum + count, 0))
    },
    TIMEOUT_MS,
  )
})
