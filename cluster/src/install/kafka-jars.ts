/** The broker's jars, from Maven Central (or the mirror that the user's Maven settings name). */
import { existsSync, renameSync, rmSync } from 'node:fs'
import { ClusterError } from '../cluster-error.ts'
import { jarsFolder, pomFile } from '../kafka/broker-files.ts'
import type { Layout } from '../layout.ts'
import { childEnvironment } from '../process/child-environment.ts'
import { findExecutable } from '../process/find-executable.ts'
import { mavenProxyOptions } from '../process/installer-environment.ts'
import { runCommand } from '../process/run-command.ts'
import { makeFolder } from '../state-folder.ts'

/** Another user's cluster may share them. */
const JARS_MODE = 0o755
/** 43 MB. */
const DOWNLOAD_TIMEOUT_MS = 300_000

/**
 * Downloads the jars into a folder beside and renames it, so that half a download is redone.
 *
 * @returns whether anything was downloaded
 */
export async function installKafkaJars(layout: Layout, signal?: AbortSignal): Promise<boolean> {
  const folder = jarsFolder(layout)
  if (existsSync(folder)) return false
  const maven = findExecutable('mvn')
  if (maven === undefined) throw new ClusterError('missing_tool', 'mvn is missing', { remedy: 'npm run doctor' })
  const partial = `${folder}.${process.pid}.partial`
  makeFolder(partial, JARS_MODE)
  try {
    await runCommand({
      file: maven,
      args: [
        '-q',
        '-B',
        ...mavenProxyOptions(),
        '-f',
        pomFile,
        'dependency:copy-dependencies',
        `-DoutputDirectory=${partial}`,
      ],
      env: childEnvironment(),
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
      signal,
    })
    renameSync(partial, folder)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return true
}
