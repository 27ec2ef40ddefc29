/** The rules that are in force, and the file that they come from: a changed one is taken within seconds. */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { RuleFault } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import { SettingsError } from '@paycluster/platform/config'
import type { Logger } from '@paycluster/platform/logging'
import { faultLines, parseRules, RulesError } from './parse-rules.ts'
import type { Rule } from './rule.ts'

/** A file that is written anew where it stands, or is another one by a link: both are seen by what is in it. */
const LOOK_EVERY_MS = 1_000
const MAX_BYTES = 1_048_576
const VERSION_LENGTH = 12

/** Rules of one content of the file. */
export interface RuleSet {
  /** A digest of the content. */
  readonly version: string
  readonly loadedAtMs: number
  readonly rules: readonly Rule[]
}

/** The file as it is now, where it cannot be used. */
export interface RefusedFile {
  readonly atMs: number
  /** Null for a file that cannot be read. */
  readonly version: string | null
  readonly faults: readonly RuleFault[]
}

export interface RuleBookParts {
  readonly file: string
  readonly clock: Clock
  readonly logger: Logger
}

export class RuleBook {
  readonly #parts: RuleBookParts
  readonly #stop = new AbortController()
  #current: RuleSet
  #refused: RefusedFile | undefined
  #looking: Promise<void> = Promise.resolve()

  /** @throws SettingsError that names file, line and field: without rules nothing starts */
  constructor(parts: RuleBookParts) {
    this.#parts = parts
    const { file, clock } = parts
    try {
      const text = readRules(file)
      this.#current = { version: versionOf(text), loadedAtMs: clock.now(), rules: parseRules(text) }
    } catch (error) {
      throw new SettingsError(`unusable alert rules: ${faultLines(file, faultsOf(error)).join('; ')}`)
    }
  }

  get file(): string {
    return this.#parts.file
  }

  get current(): RuleSet {
    return this.#current
  }

  get refused(): RefusedFile | undefined {
    return this.#refused
  }

  start(): void {
    this.#looking = this.#run()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#looking
  }

  /** Takes the file if it is another one. What is wrong with it is said once, and the rules stay. */
  look(): void {
    const { file, clock, logger } = this.#parts
    let version: string | null = null
    try {
      const text = readRules(file)
      version = versionOf(text)
      if (version === this.#current.version) {
        this.#refused = undefined
        return
      }
      if (version === this.#refused?.version) return
      this.#current = { version, loadedAtMs: clock.now(), rules: parseRules(text) }
      this.#refused = undefined
      logger.info({ version, rules: this.#current.rules.length }, 'took new alert rules')
    } catch (error) {
      if (this.#refused?.version === version) return
      const faults = faultsOf(error)
      this.#refused = { atMs: clock.now(), version, faults }
      logger.error({ faults: faultLines(file, faults) }, 'refused alert rules: those before them stay in force')
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      this.look()
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** @throws Error of the file system, or for a file that is too large */
function readRules(file: string): string {
  const { size } = statSync(file)
  if (size > MAX_BYTES) throw new Error(`has ${size} bytes, which is more than ${MAX_BYTES}`)
  return readFileSync(file, 'utf8')
}

const versionOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, VERSION_LENGTH)

function faultsOf(error: unknown): readonly RuleFault[] {
  if (error instanceof RulesError) return error.faults
  return [{ line: 1, column: 1, field: '', detail: Error.isError(error) ? error.message : 'cannot be read' }]
}
