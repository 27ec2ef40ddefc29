/** k6: the one on the PATH, or the one of `.tools`, built from the Go module proxy when it is not there yet. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '@paycluster/cluster/cluster-error'
import { findExecutable } from '@paycluster/cluster/process/find-executable'
import { runCommand } from '@paycluster/cluster/process/run-command'
import { LoadError } from '../load-error.ts'

/** What is built; the figures of this project were taken with it. */
const K6_VERSION = '1.8.1'
/** From 1.0 on, k6 runs TypeScript. */
const MIN_MAJOR = 1
const VERSION_TIMEOUT_MS = 10_000
/** 80 s on two cores; a slow line takes longer. */
const BUILD_TIMEOUT_MS = 900_000
const REMEDY = `install k6 ${K6_VERSION} (https://grafana.com/docs/k6/latest/set-up/install-k6/), or Go, from which it is built`

export interface K6Program {
  readonly path: string
  readonly version: string
}

/**
 * @param tools  the folder of downloaded tools
 * @param onBuild  told before a build, which takes a minute and a half
 * @throws LoadError `no_k6`
 */
export async function findK6(tools: string, onBuild: (what: string) => void): Promise<K6Program> {
  const installed = await programAt(findExecutable('k6'))
  if (installed !== undefined) return installed
  const folder = join(tools, `k6-${K6_VERSION}`)
  if (!existsSync(folder)) {
    const go = findExecutable('go')
    if (go === undefined) throw new LoadError('no_k6', 'there is no k6 here, and no Go to build it', { remedy: REMEDY })
    onBuild(`building k6 ${K6_VERSION} into ${folder}, 80 s on two cores`)
    await build(go, folder)
  }
  const built = await programAt(join(folder, 'k6'))
  if (built === undefined)
    throw new LoadError('no_k6', `${folder} holds no k6 that runs`, { remedy: `remove ${folder}` })
  return built
}

async function programAt(path: string | undefined): Promise<K6Program | undefined> {
  if (path === undefined) return undefined
  try {
    const text = await runCommand({ file: path, args: ['version'], env: process.env, timeoutMs: VERSION_TIMEOUT_MS })
    const version = /\bv(\d+\.\d+\.\d+)/.exec(text)?.[1]
    return version !== undefined && Number.parseInt(version) >= MIN_MAJOR ? { path, version } : undefined
  } catch {
    return undefined
  }
}

/** Into a folder beside, renamed when it is complete, so that half a build is redone. */
async function build(go: string, folder: string): Promise<void> {
  const partial = `${folder}.${process.pid}.partial`
  mkdirSync(partial, { recursive: true })
  try {
    await runCommand({
      file: go,
      args: ['install', `go.k6.io/k6@v${K6_VERSION}`],
      env: { ...process.env, GOBIN: partial },
      timeoutMs: BUILD_TIMEOUT_MS,
    })
    if (!existsSync(folder)) renameSync(partial, folder)
  } catch (cause) {
    throw new LoadError('no_k6', `k6 could not be built: ${messageOf(cause)}`, { remedy: REMEDY, cause })
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}
