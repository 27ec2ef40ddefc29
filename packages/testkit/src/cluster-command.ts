/** Runs the commands of `npm start`, `npm run cluster`, `npm run load` and `npm run ops` as a person would, from their build. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { nodeProgram } from '@paycluster/cluster/nodes/node-program'
import { projectRoot } from '@paycluster/cluster/project-root'
import type { SettingsInput } from '@paycluster/cluster/settings'
import { variableOf } from '@paycluster/cluster/settings/setting-names'

export interface Ended {
  readonly code: number | null
  /** Standard output and error, as they came. */
  readonly output: string
}

export interface RunningCommand {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** What it said so far. */
  readonly output: () => string
}

/** The environment of a command for a cluster with these settings; the others are as in this process. */
export const environmentOf = (settings: SettingsInput): NodeJS.ProcessEnv => ({
  ...process.env,
  ...Object.fromEntries(variablesOf(settings, [])),
})

function variablesOf(value: unknown, path: readonly string[]): [string, string][] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, member]) => variablesOf(member, [...path, name]))
  return [[variableOf(path), String(value)]]
}

/** As cluster/bootstrap.mjs chooses it. */
const PROGRAMS: Partial<Record<string, string>> = {
  load: 'load-tests/dist/main.js',
  ops: 'ops/dist/main.js',
  traffic: 'traffic-generator/command/dist/main.js',
}
const programOf = (command = ''): string => PROGRAMS[command] ?? 'cluster/dist/cli.js'

/**
 * @param args  `cluster`, `up`
 * @param root  the clone whose build runs
 */
export function startCommand(args: readonly string[], env = process.env, root: string = projectRoot): RunningCommand {
  const child = spawn(nodeProgram(), [join(root, programOf(args[0])), ...args], {
    cwd: root,
    // The test runner has options of its own; a build server may ask for colours where there is no terminal.
    env: { ...env, NODE_OPTIONS: '', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }))
  return { child, ended, output: () => output }
}
