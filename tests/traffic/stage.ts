/** One cluster with a bank and a generator for all tests of the folder. */
import { afterAll, beforeAll } from '@jest/globals'
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import type { RunReport } from '@paycluster/traffic-generator/runs/run-report'
import type { OrdinaryLine, PatternLine } from '@paycluster/traffic-generator/runs/label-book'
import { environmentOf, startCommand, type RunningCommand } from '@paycluster/testkit/cluster-command'
import { query } from '@paycluster/testkit/query'
import { CLUSTER_START_MS, startTestCluster, type TestCluster } from '@paycluster/testkit/test-cluster'
import { waitFor } from '@paycluster/testkit/wait-for'

const RUN_MS = 120_000
/** Of a test that carries out runs. */
export const TIMEOUT_MS = 180_000

export let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster({
    counts: { bankSimulator: 1, replicas: 1, inquiryService: 1, trafficGenerator: 1 },
    supervision: { maxRestarts: 1000 },
  })
}, CLUSTER_START_MS)
afterAll(() => cluster.stop(), CLUSTER_START_MS)

/** Every kind of act; with 40 customers and 5 merchants. */
export const EVERYTHING = {
  name: 'everything',
  seed: 5,
  duration: '8s',
  rate: 25,
  mix: {
    payment: 5,
    hold: 3,
    refund: 2,
    deposit: 1,
    withdrawal: 1,
    card_payment: 2,
    batch: 1,
    block: 0.3,
    balance: 3,
    statement: 2,
  },
  patterns: [
    { label: 'velocity', at: ['500ms'], payments: 6, within: '3s' },
    { label: 'large_amount', at: ['1s'], history: 2, within: '3s' },
    { label: 'small_then_large', at: ['1s'], small: 3, within: '3s' },
    { label: 'new_payees', at: ['1s'], payees: 5, within: '3s' },
    { label: 'card_testing', at: ['1s'], cards: 8, within: '3s' },
    { label: 'shared_card', at: ['2s'], accounts: 4, within: '3s' },
    { label: 'refund_abuse', at: ['2s'], refunds: 3, within: '4s' },
    { label: 'blocked_counterparty', at: ['2s'], payments: 3, within: '4s' },
  ],
}

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly text: string
}

/** Calls the generator's API. */
export async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${cluster.settings.ports.trafficGenerator}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : {
          headers: { 'content-type': 'application/json' },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json;') === true
  const isProblem = response.headers.get('content-type')?.includes('problem+json') === true
  return {
    status: response.status,
    text,
    body: isJson || isProblem ? (JSON.parse(text) as Record<string, unknown>) : {},
  }
}

export async function start(body: object): Promise<RunReport> {
  const answer = await ask('POST', '/v1/runs', body)
  if (answer.status !== 201) throw new Error(`a run is ${answer.status}: ${answer.text}`)
  return answer.body as unknown as RunReport
}

export async function report(id: string): Promise<RunReport> {
  return (await ask('GET', `/v1/runs/${id}`)).body as unknown as RunReport
}

/** The report of a run when it is over. */
export const over = (id: string): Promise<RunReport> =>
  waitFor(
    `${id} to be over`,
    async () => {
      const now = await report(id)
      if (now.ended_at === null) throw new Error(JSON.stringify(now))
      return now
    },
    { timeoutMs: RUN_MS, intervalMs: 100 },
  )

export async function labels(id: string): Promise<{ patterns: PatternLine[]; ordinary: OrdinaryLine[] }> {
  const { text } = await ask('GET', `/v1/runs/${id}/labels`)
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as PatternLine | OrdinaryLine)
  return {
    patterns: lines.filter((line): line is PatternLine => line.label !== null),
    ordinary: lines.filter((line): line is OrdinaryLine => line.label === null),
  }
}

/** Asks the ledger itself. */
export const sql = <Row>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
  query<Row>(databaseUrl(cluster.secrets, 'owner', cluster.settings.ports.primary), text, parameters)

export const traffic = (...args: string[]): RunningCommand =>
  startCommand(['traffic', ...args], environmentOf({ stateDir: cluster.layout.state, ports: cluster.settings.ports }))

export const blockedAccounts = async (): Promise<number> =>
  Number((await sql<{ n: string }>(`SELECT count(*) AS n FROM account_balances WHERE status = 'blocked'`))[0]?.n ?? NaN)
