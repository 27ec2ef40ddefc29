/** What the command line asks of a cluster, as values. Each parser throws a LoadError `invalid_option`. */
import { Option, type Command } from 'commander'
import { invalid, parseDuration, parseInteger, parseThink } from '../settings/parse-options.ts'
import { writableFile } from '../settings/writable-file.ts'
import { REFERENCE_FILE } from './measurements.ts'
import { RETENTION_DAYS } from './model/storage.ts'
import type { Requirements } from './model/requirements.ts'

const MAX_USERS = 100_000_000
const MAX_RATIO = 10_000
const MAX_SURVIVED = 10
const MAX_CORES = 1024
const MAX_GROWTH_PERCENT = 10_000
const MAX_YEARS = 20
const MAX_RETENTION_DAYS = 3650
const MAX_COPIES = 7
const MAX_GIGABITS = 1000
const MAX_CALIBRATION_MS = 10_000
const MIN_RESPONSE_S = 0.0001
const MAX_RESPONSE_S = 3600
const BYTES_A_GIGABIT = 125_000_000
const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1000, m: 1_000_000 }

export interface SizeOptions {
  readonly users: number
  readonly think: number
  readonly mix: number
  readonly response?: number
  readonly utilisation: number
  readonly utilisationAfterLoss: number
  readonly survive: number
  readonly coresPerNode: number
  readonly primaryCores: number
  readonly network: number
  readonly growth: number
  readonly years: number
  readonly peakToAverage: number
  readonly accounts?: number
  readonly retention: number
  readonly copies: number
  readonly calibration?: number
  readonly from: string
  readonly json?: string
}

/** `3000`, `30k`, `1m` */
const parseCount = (option: string) => (text: string) => {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(text) ?? []
  const count = Number(digits) * (FACTORS[unit.toLowerCase()] ?? NaN)
  if (digits === '' || !Number.isInteger(count) || count < 1 || count > MAX_USERS)
    throw invalid(option, text, 'a whole number such as 3000, 30k or 1m, up to 100m')
  return count
}

const parseWhole = (option: string, min: number, max: number) => (text: string) => parseInteger(option, text, min, max)

const parseNumber = (option: string, min: number, max: number, example: string) => (text: string) => {
  const value = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || value < min || value > max)
    throw invalid(option, text, `a number from ${min} to ${max}, such as ${example}`)
  return value
}

/** `60`, `60%` as a share. */
const parsePercent = (option: string, min: number, max: number, example: string) => (text: string) => {
  const percent = Number(/^(\d+(?:\.\d+)?)%?$/.exec(text)?.[1])
  if (!(percent >= min && percent <= max))
    throw invalid(option, text, `per cent from ${min} to ${max}, such as ${example}`)
  return percent / 100
}

const busyPercent = (option: string) => parsePercent(option, 5, 95, '60%')

/** `5:1`, reads to payments. */
function parseReadsAWrite(text: string): number {
  const [reads = NaN, writes = NaN] = (/^(\d{1,5}):(\d{1,5})$/.exec(text) ?? []).slice(1).map(Number)
  if (reads > 0 && writes > 0 && reads / writes <= MAX_RATIO) return reads / writes
  throw invalid('--mix', text, '<reads>:<payments>, both above 0, such as 5:1')
}

const parseResponse = (text: string): number => parseDuration('--response', text, MIN_RESPONSE_S, MAX_RESPONSE_S)

/** `7d` or `7` */
const parseRetention = (text: string): number => {
  const days = Number(/^(\d+)d?$/.exec(text)?.[1])
  if (days >= 1 && days <= MAX_RETENTION_DAYS) return days
  throw invalid('--retention', text, `days from 1 to ${MAX_RETENTION_DAYS}, such as 7d`)
}

/** An option whose default is a value that people would write otherwise. */
const option = <T>(flags: string, description: string, parse: (text: string) => T, value: T, written: string): Option =>
  new Option(flags, description).argParser(parse).default(value, written)

export function addSizeOptions(command: Command): Command {
  return command
    .option('--users <n>', 'at once at the peak', parseCount('--users'), 3000)
    .addOption(option('--think <time>', 'mean pause after an answer; 0: all are in flight', parseThink, 1, '1s'))
    .addOption(option('--mix <reads:payments>', 'of the requests', parseReadsAWrite, 5, '5:1'))
    .option('--response <time>', 'mean response to keep (default: what the utilisation brings)', parseResponse)
    .addOption(option('--utilisation <percent>', 'of the cores at the peak', busyPercent('--utilisation'), 0.6, '60%'))
    .addOption(
      option(
        '--utilisation-after-loss <percent>',
        'without nodes',
        busyPercent('--utilisation-after-loss'),
        0.8,
        '80%',
      ),
    )
    .option('--survive <n>', 'nodes that may die at the peak', parseWhole('--survive', 0, MAX_SURVIVED), 1)
    .option('--cores-per-node <n>', 'of services and brokers', parseWhole('--cores-per-node', 1, MAX_CORES), 4)
    .option('--primary-cores <n>', 'of the largest PostgreSQL node', parseWhole('--primary-cores', 1, MAX_CORES), 32)
    .option('--network <Gbit/s>', 'of a node', parseNumber('--network', 0.01, MAX_GIGABITS, '10'), 10)
    .addOption(
      option(
        '--growth <percent>',
        'of the rate, a year',
        parsePercent('--growth', 0, MAX_GROWTH_PERCENT, '30%'),
        0,
        '0%',
      ),
    )
    .option('--years <n>', 'of growth that the cluster is to suffice for', parseNumber('--years', 0, MAX_YEARS, '2'), 1)
    .option('--peak-to-average <n>', 'rates', parseNumber('--peak-to-average', 1, MAX_RATIO, '4'), 4)
    .option('--accounts <n>', 'read within ten minutes (default: one a user)', parseCount('--accounts'))
    .addOption(
      option('--retention <days>', 'of the log in Kafka', parseRetention, RETENTION_DAYS, `${RETENTION_DAYS}d`),
    )
    .option('--copies <n>', 'of a partition', parseWhole('--copies', 1, MAX_COPIES), 3)
    .option(
      '--calibration <ms>',
      'of the machines to be bought, as a load run prints it (default: as slow as the measured one)',
      parseNumber('--calibration', 1, MAX_CALIBRATION_MS, '46'),
    )
    .addOption(option('--from <file>', 'measurements of a sweep', String, REFERENCE_FILE, 'those of the project'))
    .option('--json <file>', 'write the sizing there', writableFile)
}

/** @throws LoadError `invalid_option` when one option contradicts another */
export function requirementsOf(options: SizeOptions): Requirements {
  const { users, utilisation, utilisationAfterLoss, survive, copies } = options
  const percent = (share: number): string => `${Math.round(share * 100)}%`
  if (utilisationAfterLoss < utilisation)
    throw invalid(
      '--utilisation-after-loss',
      percent(utilisationAfterLoss),
      `no less than --utilisation, ${percent(utilisation)}`,
    )
  if (copies < survive + 1)
    throw invalid('--copies', String(copies), `more than --survive, ${survive}: a copy has to be left`)
  return {
    users,
    thinkS: options.think,
    readsAWrite: options.mix,
    responseS: options.response,
    utilisation,
    utilisationAfterLoss,
    survive,
    coresPerNode: options.coresPerNode,
    primaryCores: options.primaryCores,
    networkBytesPerS: options.network * BYTES_A_GIGABIT,
    growthAYear: options.growth,
    years: options.years,
    peakToAverage: options.peakToAverage,
    cachedAccounts: options.accounts ?? users,
    retentionDays: options.retention,
    kafkaCopies: copies,
    calibrationMs: options.calibration,
  }
}
