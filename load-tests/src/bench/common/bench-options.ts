/** Options that benches share. */
import { writeFileSync } from 'node:fs'
import { InvalidArgumentError, type Command } from 'commander'
import { writableFile } from '../../settings/writable-file.ts'

export interface BenchOptions {
  readonly rounds: number
  /** Where the report goes besides the terminal. */
  readonly json?: string
}

const DEFAULT_ROUNDS = 3
const MAX_ROUNDS = 100
const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1000, m: 1_000_000 }

export function addBenchOptions(command: Command): Command {
  return command
    .option('--rounds <n>', 'measurements of each thing, in turn', countUpTo(MAX_ROUNDS), DEFAULT_ROUNDS)
    .option('--json <file>', 'write the report there', writableFile)
}

/** A whole number from 1: `500`, `200k`, `5m`. */
export function countUpTo(max: number): (text: string) => number {
  return (text) => {
    const [, digits = '', unit = ''] = /^(\d+)([km]?)$/i.exec(text) ?? []
    const count = Number(digits) * (FACTORS[unit.toLowerCase()] ?? NaN)
    if (digits === '' || count < 1 || count > max)
      throw new InvalidArgumentError(`a whole number up to ${max.toLocaleString('en')}, such as 500, 200k or 5m`)
    return count
  }
}

/** `10k,1m` */
export function countsUpTo(max: number): (text: string) => number[] {
  const parse = countUpTo(max)
  return (text) => text.split(',').map(parse)
}

/** @throws Error when the file cannot be written */
export function writeJson(report: object, file: string | undefined): void {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`)
}

/** What is being done, for who waits; the table alone goes to standard output. */
export function say(what: string): void {
  process.stderr.write(`  ${what}\n`)
}
