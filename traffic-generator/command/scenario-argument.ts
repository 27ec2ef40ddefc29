/** Scenarios and their changes, as a command names them. */
import { readFileSync } from 'node:fs'
import type { ScenarioChange } from '@paycluster/traffic-generator/scenario/change-scenario'
import { parseScenarioText } from '@paycluster/traffic-generator/scenario/parse-scenario'
import { SHIPPED, shippedScenario } from '@paycluster/traffic-generator/scenario/scenario-files'
import {
  lengthSchema,
  mixSchema,
  rateSchema,
  seedSchema,
  type Mix,
  type Scenario,
} from '@paycluster/traffic-generator/scenario/scenario'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { UsageError } from './errors.ts'

export interface ChangeOptions {
  readonly seed?: number
  readonly rate?: number
  /** As it was given: `90s`. */
  readonly duration?: string
  readonly mix?: Mix
}

export const rateOption = (): Option => new Option('--rate <n>', 'acts a second').argParser(numberOf(rateSchema))
export const mixOption = (): Option =>
  new Option('--mix <weights>', 'acts by weight, the others not at all: payment=5,balance=3').argParser(parseMix)

export const addChangeOptions = (command: Command): Command =>
  command
    .addOption(new Option('--seed <n>', 'of its dice').argParser(numberOf(seedSchema)))
    .addOption(rateOption())
    .addOption(new Option('--duration <time>', '90s, 2m, 1h: phases keep their proportion').argParser(parseLength))
    .addOption(mixOption())

/** A name of a shipped scenario, or a file. @throws ScenarioError · UsageError when there is neither */
export function scenarioNamed(named: string): Scenario {
  return shippedScenario(named) ?? parseScenarioText(readScenarioFile(named), named)
}

/** @throws UsageError */
export function readScenarioFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new UsageError(`there is no scenario and no file ${path}: ${SHIPPED.join(', ')}`)
  }
}

export const changeOf = ({ duration, ...change }: ChangeOptions): ScenarioChange => ({
  ...change,
  ...(duration === undefined ? {} : { duration: lengthSchema.parse(duration) }),
})

const numberOf =
  (schema: typeof rateSchema | typeof seedSchema) =>
  (text: string): number =>
    valueOf(schema, text.trim() === '' ? NaN : Number(text))

function parseLength(text: string): string {
  valueOf(lengthSchema, text)
  return text
}

function parseMix(text: string): Mix {
  const weights = text.split(',').map((part): [string, number] => {
    const [kind = '', weight = ''] = part.split('=')
    return [kind.trim(), weight.trim() === '' ? NaN : Number(weight)]
  })
  return valueOf(mixSchema, Object.fromEntries(weights))
}

interface Schema<T> {
  safeParse(value: unknown): {
    readonly data?: T | undefined
    readonly error?: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] }
  }
}

function valueOf<T>(schema: Schema<T>, value: unknown): T {
  const { data, error } = schema.safeParse(value)
  if (data !== undefined) return data
  const said = error?.issues.map(({ path, message }) => [...path.map(String), message].join(' ')) ?? []
  throw new InvalidArgumentError(said.join('; '))
}
