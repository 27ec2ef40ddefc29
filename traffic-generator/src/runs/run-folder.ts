/**
 * What is kept of a run, in a folder of its own:
 *
 *     run.json       its report: of the start, and of the end
 *     labels.jsonl   what of it was suspicious
 *     blocked.json   accounts that it blocks just now, and the process: what a kill leaves to be put right
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { runReportSchema, type RunReport } from './run-report.ts'

const blockedSchema = z.object({ pid: z.int(), accounts: z.array(z.string()) })

export class RunFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  get labelsPath(): string {
    return join(this.path, 'labels.jsonl')
  }

  make(): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 })
    writeFileSync(this.labelsPath, '', { flag: 'wx', mode: 0o600 })
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }

  save(report: RunReport): void {
    this.#replace('run.json', report)
  }

  /** Undefined when there is none that can be read. */
  read(): RunReport | undefined {
    return runReportSchema.safeParse(this.#parse('run.json')).data
  }

  /** Some a second at most: a pattern's instance is over. */
  addLabel(line: object): void {
    appendFileSync(this.labelsPath, `${JSON.stringify(line)}\n`)
  }

  saveBlocked(accounts: readonly string[]): void {
    this.#replace('blocked.json', { pid: process.pid, accounts })
  }

  /** Accounts that a process which is gone has left blocked. */
  leftBlocked(): readonly string[] {
    const blocked = blockedSchema.safeParse(this.#parse('blocked.json')).data
    return blocked === undefined || isAlive(blocked.pid) ? [] : blocked.accounts
  }

  #replace(name: string, content: object): void {
    const path = join(this.path, name)
    writeFileSync(`${path}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }

  #parse(name: string): unknown {
    try {
      return JSON.parse(readFileSync(join(this.path, name), 'utf8')) as unknown
    } catch {
      return undefined
    }
  }
}

/** The folders below `root` that runs have made. */
export function runFolders(root: string): RunFolder[] {
  if (!existsSync(root)) return []
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('run-'))
    .map(({ name }) => new RunFolder(join(root, name)))
}

/** This process itself has only begun: another one had its number before. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
