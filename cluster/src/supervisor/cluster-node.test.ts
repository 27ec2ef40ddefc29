import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { childEnvironment } from '../process/child-environment.ts'
import { readLivePidFiles } from '../process/pid-file.ts'
import { identify } from '../process/process-identity.ts'
import { waitUntil } from '../wait.ts'
import { ClusterNode } from './cluster-node.ts'
import type { NodePlan } from './node-plan.ts'

/** Runs until it is told to stop. */
const OBEDIENT = "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000)"
const STUBBORN = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"

let folder: string
let nodes: ClusterNode[]
let events: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paycluster-node-'))
  nodes = []
  events = []
})
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
  rmSync(folder, { recursive: true })
})

function makeNode(script: string, plan: Partial<NodePlan> = {}, windowMs = 60_000): ClusterNode {
  const node = new ClusterNode(
    {
      name: 'sleeper',
      role: 'sleeps',
      address: '-',
      file: process.execPath,
      args: ['-e', script],
      cwd: folder,
      env: childEnvironment(),
      probe: () => Promise.resolve(undefined),
      readyTimeoutMs: 5000,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 2000,
      hurrySignal: 'SIGKILL',
      ...plan,
    },
    {
      logs: folder,
      pids: folder,
      restart: { maxRestarts: 3, windowMs },
      onEvent: (_, what) => events.push(what),
    },
  )
  nodes.push(node)
  return node
}

const until = (node: ClusterNode, state: string): Promise<void> =>
  waitUntil(`the node to be ${state}`, 10_000, () => (node.state === state ? undefined : node.state))

const pidOf = (node: ClusterNode): number => {
  if (node.pid === undefined) throw new Error('the node does not run')
  return node.pid
}

describe('ClusterNode', () => {
  it('is ready when its probe holds, and leaves a pid file that others can verify', async () => {
    let probes = 0
    const node = makeNode(OBEDIENT, { probe: () => Promise.resolve((probes += 1) < 3 ? 'not yet' : undefined) })
    await node.start()
    expect(node.state).toBe('ready')
    expect(probes).toBe(3)
    expect(readLivePidFiles(folder)).toMatchObject([{ node: 'sleeper', pid: node.pid }])
  })

  it('stops in order, and leaves nothing', async () => {
    const node = makeNode(OBEDIENT)
    await node.start()
    const pid = pidOf(node)
    await node.stop()
    expect([node.state, node.pid, identify(pid)]).toEqual(['stopped', undefined, undefined])
    expect(readLivePidFiles(folder)).toEqual([])
  })

  it('kills what does not stop in its time', async () => {
    const node = makeNode(`${STUBBORN}; console.log('deaf')`, { stopTimeoutMs: 200 })
    await node.start()
    const pid = pidOf(node)
    await node.stop()
    expect(identify(pid)).toBeUndefined()
  })

  it('tells how it ended at start, with the end of its log', async () => {
    const node = makeNode("console.error('no such setting: X'); process.exit(7)", {
      probe: () => Promise.resolve('not yet'),
    })
    const failure = node.start()
    await expect(failure).rejects.toMatchObject({
      code: 'node_failed',
      message: 'sleeper ended at start: exit code 7',
      context: expect.stringContaining('no such setting: X'),
    })
    expect(node.state).toBe('failed')
  })

  it('gives up on what does not become ready, and leaves nothing', async () => {
    const node = makeNode(OBEDIENT, { probe: () => Promise.resolve('still loading'), readyTimeoutMs: 300 })
    await expect(node.start()).rejects.toThrow('waited 0.3 s for sleeper to be ready: still loading')
    expect(node.pid).toBeUndefined()
  })

  it('can be cut short while it starts, from outside and by a stop', async () => {
    const abort = new AbortController()
    const slow = { probe: () => Promise.resolve('not yet') }
    const first = makeNode(OBEDIENT, slow)
    const started = first.start(abort.signal)
    abort.abort()
    await expect(started).rejects.toMatchObject({ code: 'aborted' })
    const second = makeNode(OBEDIENT, slow)
    const other = second.start()
    await Promise.all([expect(other).rejects.toMatchObject({ code: 'aborted' }), second.stop()])
    expect([first.pid, second.pid]).toEqual([undefined, undefined])
  })

  it('starts again when it was killed, as another process', async () => {
    const node = makeNode(OBEDIENT)
    await node.start()
    const pid = pidOf(node)
    await node.kill('SIGKILL')
    await until(node, 'ready')
    expect(node.pid).not.toBe(pid)
    expect(node.restarts).toBe(1)
    expect(events).toEqual(['SIGKILL; starts again in 100 ms', 'is ready again'])
  })

  it('stays down when a fault test wants it, until it is started', async () => {
    const node = makeNode(OBEDIENT)
    await node.start()
    await node.kill('SIGKILL', { restart: false })
    await until(node, 'stopped')
    await node.start()
    expect(node.state).toBe('ready')
  })

  it('goes on starting again, later each time, and at once when somebody asks', async () => {
    const node = makeNode(OBEDIENT)
    await node.start()
    for (let kills = 1; kills <= 5; kills += 1) {
      await node.kill('SIGKILL')
      await until(node, 'ready')
    }
    await node.kill('SIGKILL')
    await until(node, 'restarting')
    await waitUntil('the wait to begin', 5000, () => (node.restartAt === undefined ? 'not yet' : undefined))
    await node.start()
    expect([node.state, node.restartAt, node.restarts]).toEqual(['ready', undefined, 5])
    const delays = events.flatMap((event) => /again in (\d+) ms/.exec(event)?.[1] ?? [])
    expect(delays).toEqual(['100', '200', '400', '800', '1600', '3200'])
  })

  it('counts anew when it was ready for long enough', async () => {
    const node = makeNode(OBEDIENT, {}, 1)
    await node.start()
    for (let kills = 1; kills <= 3; kills += 1) {
      const readySince = performance.now()
      await waitUntil('the window to pass', 5000, () => (performance.now() - readySince > 1 ? undefined : 'not yet'))
      await node.kill('SIGKILL')
      await until(node, 'ready')
    }
    expect(events.filter((event) => event.includes('starts again in 100 ms'))).toHaveLength(3)
  })

  it('has failed when its program is gone', async () => {
    const program = join(folder, 'program')
    symlinkSync(process.execPath, program)
    const node = makeNode(OBEDIENT, { file: program })
    await node.start()
    rmSync(program)
    await node.kill('SIGKILL')
    await until(node, 'failed')
    expect(events.at(-1)).toContain('ENOENT')
    expect(events.at(-1)).toContain('stays down')
  })

  it('ends at once when hurried, even while it stands still', async () => {
    const node = makeNode(STUBBORN)
    await node.start()
    await node.kill('SIGSTOP')
    const pid = pidOf(node)
    node.hurry()
    await waitUntil('the process to end', 5000, () => (identify(pid) === undefined ? undefined : 'it lives'))
  })
})
