/** Counts what was judged and what was wrong; all of the latter goes to a file, the first of each rule are kept. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { RULES, type Offence, type Rule } from './rules.ts'

/** Enough to see the pattern; one rule does not crowd out another. */
const KEPT_OF_A_RULE = 5
/** 20 MB: a cluster that answers nothing right does not fill the disk. */
const MAX_WRITTEN = 100_000

/** How often a rule was applied, and broken. */
export interface RuleCount {
  readonly rule: Rule
  readonly checked: number
  readonly violations: number
}

export class OffenceBook {
  readonly #path: string
  readonly #checked = new Map<Rule, number>()
  readonly #kept = new Map<Rule, Offence[]>()
  readonly #violations = new Map<Rule, number>()
  #file: number | undefined
  #written = 0

  /** @param path  made with the first offence, and not before: a line of JSON each */
  constructor(path: string) {
    this.#path = path
  }

  /** Notes that a rule was applied. */
  checked(rule: Rule, times = 1): void {
    this.#checked.set(rule, (this.#checked.get(rule) ?? 0) + times)
  }

  add(offence: Offence): void {
    const { rule } = offence
    this.#violations.set(rule, (this.#violations.get(rule) ?? 0) + 1)
    const kept = this.#kept.get(rule) ?? []
    this.#kept.set(rule, kept)
    if (kept.length < KEPT_OF_A_RULE) kept.push(offence)
    if (this.#written++ >= MAX_WRITTEN) return
    this.#file ??= openSync(this.#path, 'w', 0o640)
    writeSync(this.#file, `${JSON.stringify(offence)}\n`)
  }

  /** In the order of the rules, those that were applied. */
  get counts(): RuleCount[] {
    return rules.flatMap((rule) => {
      const [checked = 0, violations = 0] = [this.#checked.get(rule), this.#violations.get(rule)]
      return checked + violations === 0 ? [] : [{ rule, checked, violations }]
    })
  }

  /** The first of each rule. */
  get kept(): Offence[] {
    return rules.flatMap((rule) => this.#kept.get(rule) ?? [])
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }
}

const rules = Object.keys(RULES) as Rule[]
