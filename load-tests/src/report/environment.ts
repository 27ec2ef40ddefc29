/** Where a run took place: what its figures are worth nothing without. */
import { basename } from 'node:path'
import os from 'node:os'
import { jarsFolder } from '@paycluster/cluster/kafka/broker-files'
import { packagedServer } from '@paycluster/cluster/postgres/server-files'
import { findExecutable } from '@paycluster/cluster/process/find-executable'
import { runCommand } from '@paycluster/cluster/process/run-command'
import { projectRoot } from '@paycluster/cluster/project-root'
import type { LocalCluster } from '../target/target.ts'

export interface Environment {
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memoryBytes: number
    readonly system: string
  }
  /** Of the checkout that the suite runs from; undefined outside of one. */
  readonly commit: { readonly hash: string; readonly isChanged: boolean } | undefined
  /** By program. By address alone: the suite's own. */
  readonly versions: Readonly<Record<string, string>>
  /** The cluster's settings, without secrets; undefined by address alone. */
  readonly settings: Readonly<Record<string, unknown>> | undefined
}

const TIMEOUT_MS = 10_000

export async function describeEnvironment(k6: string, cluster: LocalCluster | undefined): Promise<Environment> {
  const cpus = os.cpus()
  return {
    machine: {
      cpu: cpus[0]?.model.trim() ?? 'unknown',
      cores: os.availableParallelism(),
      memoryBytes: os.totalmem(),
      system: `${os.type()} ${os.release()} ${os.arch()}`,
    },
    commit: await findCommit(),
    versions: { k6, Node: process.versions.node, ...(cluster === undefined ? {} : await versionsOf(cluster)) },
    settings: cluster?.settings,
  }
}

async function findCommit(): Promise<Environment['commit']> {
  const hash = await say('git', ['rev-parse', 'HEAD'])
  if (hash === undefined) return undefined
  const changes = await say('git', ['status', '--porcelain', '--untracked-files=no'])
  return { hash, isChanged: changes !== '' }
}

async function versionsOf({ layout }: LocalCluster): Promise<Record<string, string>> {
  const [redis, nginx] = await Promise.all([
    say('redis-server', ['--version']),
    // It says it on standard error.
    say('sh', ['-c', '"$1" -v 2>&1', 'sh', findExecutable('nginx') ?? 'nginx']),
  ])
  return {
    PostgreSQL: packagedServer().version,
    Kafka: basename(jarsFolder(layout)).replace('kafka-', ''),
    Redis: /v=(\S+)/.exec(redis ?? '')?.[1] ?? 'unknown',
    Nginx: /nginx\/(\S+)/.exec(nginx ?? '')?.[1] ?? 'unknown',
  }
}

/** What a program says, trimmed; undefined when it is not there or fails. */
async function say(program: string, args: readonly string[]): Promise<string | undefined> {
  const file = findExecutable(program)
  if (file === undefined) return undefined
  try {
    return (await runCommand({ file, args, env: process.env, cwd: projectRoot, timeoutMs: TIMEOUT_MS })).trim()
  } catch {
    return undefined
  }
}
