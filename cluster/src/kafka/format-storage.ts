/** A fresh broker's storage: formatted once with a cluster id of its own. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import { writeBrokerProperties } from '../nodes/kafka.ts'
import { runCommand } from '../process/run-command.ts'
import type { Settings } from '../settings.ts'
import { dataFolder, javaCommand, javaEnvironment, propertiesFile } from './broker-files.ts'

const FORMAT_TIMEOUT_MS = 60_000

/** Formats beside and renames, so that storage is whole or absent. */
export async function formatStorage(settings: Settings, layout: Layout, signal?: AbortSignal): Promise<void> {
  const data = dataFolder(layout)
  if (existsSync(join(data, 'meta.properties'))) return
  const partial = `${data}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  writeBrokerProperties(settings, layout, partial)
  const tool = ['format', '--cluster-id', newClusterId(), '--config', propertiesFile(layout)]
  const { file, args } = javaCommand(settings, layout, 'kafka.tools.StorageTool', tool, 'short')
  await runCommand({ file, args, env: javaEnvironment(), cwd: layout.kafka, timeoutMs: FORMAT_TIMEOUT_MS, signal })
  rmSync(data, { recursive: true, force: true })
  renameSync(partial, data)
}

/** 128 random bits as Kafka writes them; a leading dash would read as an option. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? newClusterId() : id
}
