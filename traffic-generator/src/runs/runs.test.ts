/** Bounds of runs, against a server that answers as each test has it. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { systemClock } from '@paycluster/platform/clock'
import { Registry } from 'prom-client'
import { parseScenarioObject } from '../scenario/parse-scenario.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Target } from '../sending/target.ts'
import type { Run } from './run.ts'
import { Runs } from './runs.ts'

let root: string
let server: Server
let requests: string[]

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'paycluster-runs-'))
  requests = []
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
  rmSync(root, { recursive: true })
})

async function targetOf(answer: RequestListener): Promise<Target> {
  server = createServer((request, response) => {
    requests.push(String(request.headers['idempotency-key'] ?? request.url))
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, apiKey: 'a-key', cast: { currency: 'USD', customers: ['acc_1', 'acc_2'], merchants: ['acc_3'] } }
}

const answers =
  (status: number, body: object): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
const paid = answers(201, { id: 'pay_1', status: 'succeeded', failure: null })

const runsOf = (
  bounds: Partial<{ maxRuns: number; maxRate: number; maxInFlight: number; keptRuns: number }> = {},
): Runs =>
  new Runs({
    root,
    maxRuns: 2,
    maxRate: 500,
    maxInFlight: 1000,
    keptRuns: 2,
    ...bounds,
    clock: systemClock,
    registry: new Registry(),
  })

const scenarioOf = (more: object): Scenario =>
  parseScenarioObject({ name: 'a', duration: '1s', rate: 100, mix: { payment: 1 }, ...more }, 'scenario')

async function ended(run: Run) {
  await run.ended
  return run.report()
}

describe('runs', () => {
  it('have so many acts in flight at most: others are skipped, and counted as such', async () => {
    const target = await targetOf(() => undefined)
    const run = runsOf({ maxInFlight: 5 }).start(scenarioOf({ duration: '10m' }), target)
    while (run.report().planned < 50 || requests.length < 5) await new Promise(setImmediate)
    const now = run.report()
    expect(now.in_flight).toBe(5)
    expect(now.skipped).toBe(now.planned - 5)
    expect(now.failures).toEqual({ in_flight: now.skipped })
    run.hurry()
    const last = await ended(run)
    expect(last).toMatchObject({ state: 'stopped', in_flight: 0, by_kind: { payment: { unanswered: 5 } } })
    expect(new Set(requests).size).toBe(5)
  })

  it('send each act under a key of its own, of the run and the act', async () => {
    const run = runsOf().start(scenarioOf({}), await targetOf(paid))
    const { sent, payments } = await ended(run)
    expect(payments).toEqual({ done: sent, accepted: 0, failed: 0 })
    expect(new Set(requests).size).toBe(sent)
    for (const key of requests) expect(key).toMatch(new RegExp(`^${run.id}-\\d+$`))
  })

  it('count what is refused, and what nobody expected of it', async () => {
    const problem = { type: 'about:blank', title: '', detail: '', request_id: 'r', retryable: false }
    const target = await targetOf(answers(422, { ...problem, status: 422, code: 'validation_failed' }))
    const { sent, unexpected, failures, by_kind: kinds } = await ended(runsOf().start(scenarioOf({}), target))
    expect(sent).toBeGreaterThan(50)
    expect([unexpected, failures, kinds.payment?.refused]).toEqual([sent, { validation_failed: sent }, sent])
  })

  it('skip the end of a hold that was not made', async () => {
    const failed = { id: 'pay_1', status: 'failed', failure: { code: 'insufficient_funds', detail: '' } }
    const scenario = scenarioOf({ duration: '10m', mix: { hold: 1 } })
    const run = runsOf().start(scenario, await targetOf(answers(201, failed)))
    while (run.report().sent < 20) await new Promise(setImmediate)
    await run.stop()
    const { by_kind: kinds, sent, unexpected } = run.report()
    expect(kinds.hold?.failed).toBe(sent)
    expect((kinds.capture?.skipped ?? 0) + (kinds.cancel?.skipped ?? 0)).toBe(sent)
    expect(unexpected).toBe(0)
  })

  it('are kept, the last ones, also over a restart', async () => {
    const target = await targetOf(paid)
    const runs = runsOf()
    const made: Run[] = []
    for (let nth = 0; nth < 3; nth += 1) {
      const run = runs.start(scenarioOf({ rate: 5 }), target)
      made.push(run)
      await run.ended
    }
    const [oldest, ...kept] = made
    expect(existsSync(dirname(oldest?.labelsPath ?? ''))).toBe(false)
    expect(() => runs.report(oldest?.id ?? '')).toThrow('There is no run')
    const ids = kept.map(({ id }) => id)
    expect(runs.list().map(({ id }) => id)).toEqual(ids.toReversed())
    const later = runsOf().list()
    expect(new Set(later.map(({ id }) => id))).toEqual(new Set(ids))
    for (const report of later) expect(report.state).toBe('finished')
  })

  it('are refused beyond the bounds that they share', async () => {
    const target = await targetOf(paid)
    const runs = runsOf()
    const slow = scenarioOf({ duration: '10m', rate: 1 })
    const first = runs.start(slow, target)
    expect(() => runs.start({ ...slow, rate: 500 }, target)).toThrow('may make 500 acts a second')
    expect(() => runs.change(first.id, { rate: 501 })).toThrow('may make 500 acts a second')
    expect(runs.change(first.id, { rate: 400 }).rate).toBe(400)
    expect(() => runs.start({ ...slow, rate: 101 }, target)).toThrow('may make 500 acts a second')
    const second = runs.start(slow, target)
    expect(() => runs.start(slow, target)).toThrow('There may be 2 runs at once')
    await runs.stopAll(5000)
    expect([first, second].map((run) => run.report().state)).toEqual(['stopped', 'stopped'])
  })
})
