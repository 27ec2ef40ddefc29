import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runReportSchema } from '@paycluster/traffic-generator/runs/run-report'
import { environmentOf, startCommand } from '@paycluster/testkit/cluster-command'
import { waitFor } from '@paycluster/testkit/wait-for'
import { blockedAccounts, cluster, over, report, sql, TIMEOUT_MS, traffic } from './stage.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'paycluster-traffic-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

describe('npm run traffic', () => {
  it(
    'runs a scenario in the foreground, and reports it to people',
    async () => {
      const file = join(folder, 'short.yaml')
      writeFileSync(file, 'name: short\nduration: 1m\nrate: 20\nmix: { payment: 1, balance: 1 }\n')
      const { code, output } = await traffic('run', file, '--duration', '3s', '--seed', '9').ended
      expect(output).toMatch(/run-\w+-\w+ {2}short, seed 9: finished after \d/)
      expect(output).toMatch(/^payment +\d+ +0 +0 +0 +0 +0$/m)
      expect(output).toContain('✔ nothing failed that the scenario does not make fail')
      expect(code).toBe(0)
      const [, path = ''] = /labels: (.*)/.exec(output) ?? []
      expect(readFileSync(path, 'utf8')).toMatch(/^\{"label":null,/)
    },
    TIMEOUT_MS,
  )

  it(
    'ends at Ctrl-C in order, reports, and leaves nothing behind',
    async () => {
      const command = traffic(
        'run',
        'black-friday',
        '--json',
        '--out',
        folder,
        '--mix',
        'block=1,hold=1',
        '--rate',
        '10',
      )
      await waitFor('an account to be blocked', async () => (await blockedAccounts()) > 0, { timeoutMs: 60_000 })
      command.child.kill('SIGINT')
      const { code, output } = await command.ended
      const stopped = runReportSchema.parse(JSON.parse(output))
      expect([code, stopped.state, stopped.unexpected, stopped.left_blocked]).toEqual([130, 'stopped', 0, []])
      expect(await blockedAccounts()).toBe(0)
      const [held] = await sql<{ n: string }>(
        `SELECT count(*) AS n FROM payments WHERE status = 'requires_capture' AND metadata ->> 'traffic_run' = $1`,
        [stopped.id],
      )
      expect(Number(held?.n)).toBe(0)
      expect(existsSync(join(folder, stopped.id, 'labels.jsonl'))).toBe(true)
    },
    TIMEOUT_MS,
  )

  it(
    'exits with 1 when acts fail that should not',
    async () => {
      const key = ['--url', cluster.url, '--key', cluster.demo.opsKey]
      const args = ['run', 'calm', '--duration', '2s', '--rate', '5', '--mix', 'payment=1', '--json', '--out', folder]
      const { code, output } = await traffic(...args, ...key).ended
      expect(runReportSchema.parse(JSON.parse(output))).toMatchObject({ failures: { forbidden: expect.any(Number) } })
      expect(code).toBe(1)
    },
    TIMEOUT_MS,
  )

  it(
    'operates a served generator',
    async () => {
      const said = async (...args: string[]): Promise<string> => {
        const { code, output } = await traffic(...args).ended
        expect([args, code, code === 0 ? '' : output]).toEqual([args, 0, ''])
        return output
      }
      expect(await said('scenarios')).toMatch(/^NAME +SECONDS +RATE +DESCRIPTION\nblack-friday +120 /)
      const id = (await said('start', 'calm', '--duration', '5m', '--rate', '2')).trim()
      expect(await said('change', id, '--rate', '30', '--mix', 'balance=1')).toBe(`${id}: 30 acts a second\n`)
      await waitFor('acts to be sent', async () => (await report(id)).sent > 20, { timeoutMs: 20_000 })
      expect(await said('stop', id)).toMatch(/stop/)
      await over(id)
      expect(await said('status')).toContain(`${id}  calm`)
      expect(await said('status', id)).toContain('calm, seed 1: stopped after')
      expect(await said('labels', id)).toMatch(/^\{"label":null,/)
    },
    TIMEOUT_MS,
  )

  it(
    'serves before there is a cluster to send to, and ends at SIGTERM',
    async () => {
      // Beside the node's, of the block of ports that is this test's.
      const port = String(cluster.settings.ports.trafficGenerator + 1)
      const env = environmentOf({ stateDir: folder, ports: cluster.settings.ports })
      const served = startCommand(['traffic', 'serve', '--port', port], env)
      const server = ['--server', `http://127.0.0.1:${port}`]
      await waitFor('it to listen', () => served.output().includes('"listening"'), { timeoutMs: 30_000 })
      expect((await traffic('status', ...server).ended).output).toMatch(/^ID +SCENARIO/)
      const started = await traffic('start', 'calm', ...server).ended
      expect(started.output).toMatch(/^✖ not_ready: there are no keys and accounts yet/)
      expect(started.code).toBe(1)
      served.child.kill('SIGTERM')
      expect((await served.ended).code).toBe(0)
    },
    TIMEOUT_MS,
  )

  it.each<[string, string[], number, RegExp]>([
    [
      'an unknown scenario',
      ['run', 'rush'],
      2,
      /^✖ there is no scenario and no file rush: black-friday, calm, fraud, soak\n$/,
    ],
    ['an unknown scenario, served', ['start', 'rush'], 2, /^✖ there is no scenario and no file rush: /],
    ['a file that is none', ['check', '/nowhere.yaml'], 2, /\/nowhere\.yaml/],
    ['a rate out of bounds', ['run', 'calm', '--rate', '1001'], 2, /'--rate <n>' argument '1001' is invalid\./],
    ['a time that is none', ['run', 'calm', '--duration', 'soon'], 2, /must be a time such as/],
    [
      'an act that is none',
      ['run', 'calm', '--mix', 'theft=1'],
      2,
      /'--mix <weights>' argument 'theft=1' is invalid\./,
    ],
    ['no key', ['run', 'calm', '--url', 'http://127.0.0.1:1'], 2, /^✖ which key for http:\/\/127\.0\.0\.1:1\? /],
    [
      'a wrong key',
      ['run', 'calm', '--key', 'sk_test_nobody_0123456789abcdef0123456789abcdef'],
      1,
      /^✖ unauthorized: /,
    ],
    ['nobody there', ['run', 'calm', '--url', 'http://127.0.0.1:2', '--key', 'k'.repeat(40)], 1, /ECONNREFUSED/],
    ['an unknown run', ['status', 'run-0'], 2, /^✖ not_found: /],
    ['no generator', ['status', '--server', 'http://127.0.0.1:2'], 1, /^✖ no generator answers at http:/],
  ])(
    'refuses %s in few words',
    async (_what, args, code, said) => {
      const ended = await traffic(...args).ended
      expect(ended.output).toMatch(said)
      expect(ended.code).toBe(code)
      expect(ended.output).not.toContain('    at ')
    },
    60_000,
  )

  it('checks a file, and names the line and the field of each fault', async () => {
    const file = join(folder, 'faulty.yaml')
    writeFileSync(file, 'name: faulty\nduration: 5s\nrate: -1\nmix:\n  theft: 1\n')
    const { code, output } = await traffic('check', file).ended
    expect(code).toBe(2)
    expect(output).toContain(`${file}:3:1: /rate `)
    expect(output).toContain(`${file}:5:3: /mix/theft is not known here`)
    expect((await traffic('check', 'traffic-generator/scenarios/fraud.yaml').ended).output).toMatch(/fraud, 300 s, /)
  }, 60_000)
})
