/** Runs the commands of `npm start` and `npm run cluster` as a person would, from their build. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { nodeProgram } from '@paycluster/cluster/nodes/node-program'
import { projectRoot } from '@paycluster/cluster/project-root'

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

/**
 * @param args  `cluster`, `up`
 * @param root  the clone whose build runs
 */
export function startCommand(args: readonly string[], env = process.env, root: string = projectRoot): RunningCommand {
  const child = spawn(nodeProgram(), [join(root, 'cluster/dist/cli.js'), ...args], {
    cwd: root,
    // The test runner has its own.
    env: { ...env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }))
  return { child, ended, output: () => output }
}
