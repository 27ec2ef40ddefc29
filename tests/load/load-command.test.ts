/** `npm run load` against a cluster of its own: what a run leaves behind, and what is refused before any load. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readDemo } from '@paycluster/cluster/demo'
import { openCommandStage, type CommandStage } from '@paycluster/testkit/command-stage'
import { summarySchema, timelineSchema } from '../../load-tests/src/report/summary-schema.ts'

const START_MS = 120_000
const REFUSAL_MS = 60_000
/** Twenty seconds, and on a machine that has no k6 the minute and a half that its build takes. */
const RUN_MS = 240_000

let stage: CommandStage

beforeAll(async () => {
  stage = await openCommandStage({ demo: { customers: 40, merchants: 5 } })
  expect(await stage.run('cluster', 'up')).toMatchObject({ code: 0 })
}, START_MS)

afterAll(() => stage.close(), START_MS)

/** Folders of runs, of this cluster and of others. */
const runFolders = (): string[] =>
  ['load', 'load-elsewhere']
    .map((name) => join(stage.folder.layout.state, name))
    .flatMap((path) => (existsSync(path) ? readdirSync(path).map((id) => join(path, id)) : []))

describe('npm run load', () => {
  const key = ['--key', 'sk_test_nobody_0123456789abcdef0123456789abcdef']

  it.each<[string, string[], RegExp]>([
    ['an unknown profile', ['rush'], /^✖ there is no profile rush\n {2}→ one of smoke, /],
    ['no profile', [], /^error: missing required argument 'profile'\n$/],
    ['an unknown option', ['smoke', '--colour'], /^error: unknown option '--colour'\n$/],
    ['a number that is none', ['smoke', '--users', 'many'], /^✖ --users many: expected a whole number from 1 to /],
    ['a time that is none', ['smoke', '--duration', 'soon'], /^✖ --duration soon: expected a time such as /],
    ['an address that is none', ['smoke', '--url', 'localhost'], /^✖ --url localhost: expected an address /],
    ['accounts that are none', ['smoke', '--accounts', '/nowhere.json'], /^✖ \/nowhere\.json holds no accounts\n/],
    [
      'a cluster without a key',
      ['smoke', '--url', 'http://127.0.0.1:1'],
      /^✖ a key for http:\/\/127\.0\.0\.1:1 is needed\n/,
    ],
    [
      'nobody at the address',
      ['smoke', '--url', 'http://127.0.0.1:1', ...key],
      /^✖ http:\/\/127\.0\.0\.1:1 does not answer: /,
    ],
    ['a wrong key', ['smoke', ...key], /^✖ http:\/\/127\.0\.0\.1:\d+ does not know the key \(401\): /],
  ])(
    'refuses %s in one line, before any load',
    async (_, args, said) => {
      const { code, output } = await stage.run('load', ...args)
      expect(output).toMatch(said)
      // What is wrong, and below it what mends it.
      expect(output).toMatch(/^.+\n( {2}→ .+\n)?$/)
      expect(code).toBe(1)
      expect(runFolders()).toEqual([])
    },
    REFUSAL_MS,
  )

  it(
    'runs smoke: nothing wrong, and a report for programs and one for people',
    async () => {
      const size = ['--users', '8', '--ramp', '1s', '--warm-up', '3s', '--duration', '6s']
      const { code, output } = await stage.run('load', 'smoke', ...size)
      const [path = '', ...others] = runFolders()
      expect(others).toEqual([])
      expect(output).toContain('✔ CORRECT')

      const summary = summarySchema.parse(readJson(path, 'summary.json'))
      expect(summary).toMatchObject({
        profile: 'smoke',
        url: readDemo(stage.folder.layout.demo)?.url,
        cut: false,
        asDefined: false,
        remarks: [],
        verdict: { state: 'correct' },
        clients: { failed: 0, versionsBackwards: 0, tokensNotMet: 0, malformed: 0 },
        settlement: { source: 'ledger', unsettled: [] },
      })
      expect(summary.settlement?.accepted).toBeGreaterThan(0)
      const operations = summary.clients.measured.operations.map(({ operation }) => operation)
      expect(operations.sort()).toEqual(['balance', 'pay', 'payment', 'statement'])
      expect(summary.usage?.restarted).toEqual([])

      // How long answers took is the machine's business: with others busy beside, p95 may cross its threshold.
      const crossed = summary.thresholds.filter(({ state }) => state === 'fail').map(({ name }) => name)
      expect(crossed.filter((name) => !name.endsWith(' p95'))).toEqual([])
      expect({ code, crossed }).toEqual({ code: crossed.length === 0 ? 0 : 1, crossed })

      const timeline = timelineSchema.parse(readJson(path, 'timeline.json'))
      expect(timeline.atS.length).toBeGreaterThanOrEqual(10)
      const html = readFileSync(join(path, 'report.html'), 'utf8')
      expect(html).toContain(summary.runId)
      expect(output).toContain(join(path, 'report.html'))
    },
    RUN_MS,
  )
})

const readJson = (path: string, name: string): unknown => JSON.parse(readFileSync(join(path, name), 'utf8'))
