/** One file per running node: which process it is, so that another process of ours can find and verify it. */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { identify, isAlive } from './process-identity.ts'
import { groupIsAlive } from './process-group.ts'

const pidFileSchema = z.object({
  node: z.string(),
  role: z.string(),
  pid: z.int(),
  started: z.string(),
  startedAt: z.iso.datetime(),
  address: z.string(),
})

export type PidRecord = z.output<typeof pidFileSchema>

/** Records a process that was just started. Undefined when it has ended already. */
export function writePidFile(
  folder: string,
  node: { name: string; role: string; address: string },
  pid: number,
): PidRecord | undefined {
  const identity = identify(pid)
  if (identity === undefined) return undefined
  const record: PidRecord = {
    node: node.name,
    role: node.role,
    ...identity,
    startedAt: new Date().toISOString(),
    address: node.address,
  }
  const path = pathOf(folder, node.name)
  writeFileSync(`${path}.partial`, `${JSON.stringify(record)}\n`)
  renameSync(`${path}.partial`, path)
  return record
}

export function removePidFile(folder: string, node: string): void {
  rmSync(pathOf(folder, node), { force: true })
}

/** Every record whose process, or a child it left behind, still lives. Removes the others. */
export function readLivePidFiles(folder: string): PidRecord[] {
  const live: PidRecord[] = []
  for (const file of listPidFiles(folder)) {
    const record = readRecord(join(folder, file))
    if (record !== undefined && (isAlive(record) || groupIsAlive(record.pid))) live.push(record)
    else rmSync(join(folder, file), { force: true })
  }
  return live
}

const pathOf = (folder: string, node: string): string => join(folder, `${node}.pid.json`)

function listPidFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.pid.json'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function readRecord(path: string): PidRecord | undefined {
  try {
    return pidFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}
