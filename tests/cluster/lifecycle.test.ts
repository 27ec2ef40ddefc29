/** The commands that people use, against a cluster of their own: what they leave, what they refuse, and the way out. */
import { once } from 'node:events'
import { existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { clusterStatus } from '@paycluster/cluster/cluster-status'
import { readDemo, type Demo } from '@paycluster/cluster/demo'
import type { Layout } from '@paycluster/cluster/layout'
import { authenticationCache } from '@paycluster/cluster/nodes/authentication-cache'
import { readLivePidFiles } from '@paycluster/cluster/process/pid-file'
import { projectRoot } from '@paycluster/cluster/project-root'
import { lockHolder } from '@paycluster/cluster/supervisor/cluster-lock'
import { openCommandStage, type CommandStage } from '@paycluster/testkit/command-stage'
import { waitFor } from '@paycluster/testkit/wait-for'

const START_MS = 120_000
const COMMAND_MS = 60_000

let stage: CommandStage
let folder: CommandStage['folder']
let ports: CommandStage['ports']
let start: CommandStage['start']
let run: CommandStage['run']

beforeAll(async () => {
  // The longest wait for a restart, here after the fifth; longer than two commands take on a machine that is busy.
  stage = await openCommandStage({ demo: { customers: 5, merchants: 2 }, supervision: { windowS: 15 } })
  ;({ folder, ports, start, run } = stage)
}, START_MS)

afterAll(() => stage.close(), COMMAND_MS)

const states = async (): Promise<string[]> => (await clusterStatus(folder.layout)).map((node) => node.state)

const killSupervisor = async (): Promise<void> => {
  const supervisor = lockHolder(folder.layout.lock)
  if (supervisor === undefined) throw new Error('there is no supervisor')
  process.kill(supervisor.pid, 'SIGKILL')
  await waitFor('the supervisor to end', () => lockHolder(folder.layout.lock) === undefined)
}

const faultsIn = (output: string): string[] => output.split('\n').filter((line) => line.startsWith('✖'))

/** Warnings, of a small machine say, have theirs as well. */
const remediesIn = (output: string): string[] =>
  [...output.matchAll(/^✖.*\n *→ (.*)$/gm)].map(([, remedy = '']) => remedy)

const demo = (): Demo => {
  const read = readDemo(folder.layout.demo)
  if (read === undefined) throw new Error('there is no demo.json')
  return read
}

const pay = (key: string, prefer: string): Promise<Response> => {
  const { url, apiKey, customers, merchants } = demo()
  return fetch(`${url}/v1/payments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': key,
      prefer,
    },
    body: JSON.stringify({ source: customers[0], destination: merchants[0], amount: 1250, currency: 'USD' }),
  })
}

const nothingRuns = (): void => {
  expect(readLivePidFiles(folder.layout.pids)).toEqual([])
  expect(lockHolder(folder.layout.lock)).toBeUndefined()
  // Keys lie there in clear.
  expect(existsSync(dirname(authenticationCache(folder.layout)))).toBe(false)
}

describe('cluster up', () => {
  it(
    'returns when every node is ready, and leaves a demo that only its owner can read',
    async () => {
      const { code, output } = await run('cluster', 'up')
      expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('The cluster is ready') })
      expect(new Set(await states())).toEqual(new Set(['ready']))
      expect(statSync(folder.layout.demo).mode & 0o777).toBe(0o600)
      expect(statSync(folder.layout.secrets).mode & 0o777).toBe(0o600)
      expect(demo()).toMatchObject({ url: `http://127.0.0.1:${ports.gateway}` })
    },
    START_MS,
  )

  it('answers the requests that it prints', async () => {
    const { url, apiKey, customers } = demo()
    const headers = { authorization: `Bearer ${apiKey}` }
    const paid = await pay('first', 'wait=5')
    const payment = (await paid.json()) as { id: string }
    expect({ status: paid.status, payment }).toMatchObject({ status: 201, payment: { status: 'succeeded' } })
    const list = await fetch(`${url}/v1/payments?account=${String(customers[0])}&limit=1`, { headers })
    expect(await list.json()).toMatchObject({ data: [{ id: payment.id }] })
    const balance = await fetch(`${url}/v1/accounts/${String(customers[0])}/balance`, { headers })
    expect(balance.status).toBe(200)
  })

  it('is refused while the cluster runs, and so is npm start', async () => {
    for (const command of [['cluster', 'up'], ['start']]) {
      const { code, output } = await run(...command)
      expect(code).toBe(1)
      expect(output).toMatch(/the cluster of this folder runs already \(pid \d+\)[^]*npm run cluster -- down/)
    }
  })

  it('has a doctor who finds nothing wrong', async () => {
    const { code, output } = await run('doctor')
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('Nothing is wrong.') })
  })

  it(
    'starts a killed node again, and leaves one down that is to stay down',
    async () => {
      await run('cluster', 'kill', 'redis')
      await waitFor('redis to be back', async () => new Set(await states()).size === 1)
      await run('cluster', 'kill', 'redis', '--no-restart')
      expect(await states()).toContain('stopped')
      const { code, output } = await run('doctor')
      expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining('cluster -- start redis') })
      expect((await run('cluster', 'start', 'redis')).output).toContain('redis: ready')
    },
    COMMAND_MS,
  )

  it(
    'says of a frozen node that it does not answer',
    async () => {
      await run('cluster', 'kill', 'inquiry-service-1', '--signal', 'SIGSTOP')
      const frozen = await run('cluster', 'status')
      expect([frozen.code, frozen.output]).toEqual([1, expect.stringMatching(/inquiry-service-1 .* not answering/)])
      await run('cluster', 'kill', 'inquiry-service-1', '--signal', 'SIGCONT')
      await waitFor('it to answer', async () => (await run('cluster', 'status')).code === 0)
      await run('cluster', 'kill', 'redis', '--signal', 'SIGSTOP')
      expect(faultsIn((await run('doctor')).output)).toContainEqual(expect.stringContaining('redis: not answering'))
      await run('cluster', 'kill', 'redis', '--signal', 'SIGCONT')
      await waitFor('it to answer', async () => (await run('cluster', 'status')).code === 0)
    },
    COMMAND_MS,
  )

  it(
    'starts a node again however often it is killed, and says when',
    async () => {
      const isWhole = async (): Promise<boolean> => new Set(await states()).size === 1
      for (let kills = 1; kills <= 8; kills += 1) {
        await run('cluster', 'kill', 'payment-worker-1')
        if (kills === 8) {
          expect((await run('cluster', 'status')).output).toMatch(/restarting in \d+ s/)
          expect((await run('doctor')).output).toMatch(/payment-worker-1: restarting in \d+ s/)
        }
        await waitFor('the worker to be back', isWhole, { timeoutMs: COMMAND_MS })
      }
      expect((await run('doctor')).output).toContain('Nothing is wrong.')
    },
    2 * COMMAND_MS,
  )
})

describe('a killed supervisor', () => {
  it(
    'leaves nodes that the next start names, and that cluster down stops',
    async () => {
      await killSupervisor()
      expect(new Set(await states())).toEqual(new Set(['unsupervised']))
      expect(existsSync(authenticationCache(folder.layout))).toBe(true)
      for (const command of [['cluster', 'status'], ['doctor']]) {
        const { code, output } = await run(...command)
        expect(code).toBe(1)
        expect(faultsIn(output)).toEqual([expect.stringContaining('a run that was killed left nodes behind: ')])
        expect(remediesIn(output)).toEqual(['npm run cluster -- down'])
      }
      const refused = await run('cluster', 'up')
      expect(refused.code).toBe(1)
      expect(refused.output).toMatch(/a run that was killed left nodes behind: .*kafka \(pid \d+\)[^]*cluster -- down/)
      expect((await run('cluster', 'down')).code).toBe(0)
      nothingRuns()
      const { code, output } = await run('verify')
      expect([code, faultsIn(output), remediesIn(output)]).toEqual([
        1,
        ['✖ the cluster is not running'],
        ['npm run cluster -- up'],
      ])
    },
    COMMAND_MS,
  )
})

describe('npm start', () => {
  it(
    'keeps what was paid, and on Ctrl-C answers what it has taken, and stops in order',
    async () => {
      const { child, ended, output } = start('start')
      await waitFor('the cluster to be ready', () => output().includes('Ctrl-C stops it.'), { timeoutMs: START_MS })
      const { url, apiKey, customers } = demo()
      const balance = await fetch(`${url}/v1/accounts/${String(customers[0])}/balance`, {
        headers: { authorization: `Bearer ${apiKey}` },
      })
      expect(await balance.json()).toMatchObject({ version: 2 })
      await run('cluster', 'kill', 'payment-worker-1', '--no-restart')
      const waiting = pay('second', 'wait=3')
      const accepted = async (): Promise<boolean> => (await pay('second', 'wait=0')).status === 202
      await waitFor('the payment to be accepted', accepted)
      child.kill('SIGINT')
      expect((await waiting).status).toBe(202)
      expect(await ended).toMatchObject({ code: 0, output: expect.stringContaining('stopped') })
      nothingRuns()
    },
    START_MS,
  )

  it(
    'can be stopped while it starts',
    async () => {
      const { child, ended, output } = start('start')
      await waitFor('the primary', () => output().includes('postgres-primary'), { timeoutMs: START_MS })
      child.kill('SIGINT')
      expect(await ended).toMatchObject({ code: 130, output: expect.stringContaining('stopped before it was ready') })
      nothingRuns()
    },
    START_MS,
  )

  it('says which port is taken, by whom, and which setting moves it', async () => {
    const stranger = createServer()
    await new Promise<void>((resolve) => stranger.listen(ports.kafka, '127.0.0.1', resolve))
    const { code, output } = await run('start')
    await new Promise((resolve) => stranger.close(resolve))
    expect(code).toBe(1)
    expect(output).toContain(`port ${ports.kafka} of kafka (ports.kafka, PAYCLUSTER_PORTS_KAFKA) is in use`)
    expect(output).toContain(`pid ${process.pid}`)
  })

  it(
    'stops in order when nobody reads any more what it says',
    async () => {
      const { child, output } = start('start')
      await waitFor('the cluster to be ready', () => output().includes('Ctrl-C stops it.'), { timeoutMs: START_MS })
      const isOver = once(child, 'exit')
      child.stdout?.destroy()
      child.stderr?.destroy()
      child.kill('SIGHUP')
      expect(await isOver).toEqual([0, null])
      nothingRuns()
    },
    START_MS,
  )

  it.each([
    ['secrets.json', (layout: Layout) => layout.secrets],
    ['the primary’s data', (layout: Layout) => join(layout.postgres, 'primary')],
    ['its control file', (layout: Layout) => join(layout.postgres, 'primary/global/pg_control')],
    ['the log’s data', (layout: Layout) => join(layout.kafka, 'data')],
    ['a replica’s signal', (layout: Layout) => join(layout.postgres, 'replica-1/standby.signal')],
  ])(
    'makes nothing anew where %s is missing',
    async (_what, of) => {
      const path = of(folder.layout)
      const aside = `${path}.aside`
      renameSync(path, aside)
      for (const command of [['start'], ['doctor']]) {
        const { code, output } = await run(...command)
        const [fault, ...others] = faultsIn(output)
        expect([code, fault, others]).toEqual([1, expect.stringContaining('is missing'), []])
      }
      expect(existsSync(path)).toBe(false)
      renameSync(aside, path)
    },
    COMMAND_MS,
  )

  it('does not touch a folder whose first start was cut', async () => {
    rmSync(folder.layout.marker)
    const { code, output } = await run('start')
    expect(code).toBe(1)
    expect(output).toMatch(/is half initialised[^]*npm run cluster -- reset/)
  })

  it('names a setting that there is not', async () => {
    stage.env.PAYCLUSTER_PORTS_GATEWEY = '1'
    const { code, output } = await run('start')
    delete stage.env.PAYCLUSTER_PORTS_GATEWEY
    expect(code).toBe(1)
    expect(output).toContain('unknown setting PAYCLUSTER_PORTS_GATEWEY')
  })
})

describe('cluster reset', () => {
  it('deletes data, logs and secrets', async () => {
    expect((await run('cluster', 'reset')).code).toBe(0)
    const { layout } = folder
    for (const path of [layout.postgres, layout.kafka, layout.bank, layout.logs, layout.secrets, layout.demo]) {
      expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined()
    }
    expect(readFileSync(join(projectRoot, 'package.json'), 'utf8')).toContain('payment-cluster')
  })
})

describe('a killed first start', () => {
  it(
    'leaves what one reset stops and deletes',
    async () => {
      const { child, ended, output } = start('start')
      await waitFor('the cluster to be ready', () => output().includes('Ctrl-C stops it.'), { timeoutMs: START_MS })
      // Written last at a first start.
      rmSync(folder.layout.marker)
      child.kill('SIGKILL')
      await ended
      for (const command of [['cluster', 'status'], ['doctor'], ['cluster', 'up']]) {
        const { output } = await run(...command)
        expect(faultsIn(output)).toHaveLength(1)
        expect(remediesIn(output)).toEqual([expect.stringContaining('npm run cluster -- reset')])
      }
      expect((await run('cluster', 'reset')).code).toBe(0)
      nothingRuns()
    },
    2 * START_MS,
  )
})
