/**
 * What is not the same for all runs of a comparison. Pure.
 *
 * Another load, machine or speed of the machine, and the figures of the two sides say nothing about each other. Other
 * settings, versions or code may be just what is compared; they are told, so that nobody takes one for the other.
 */
import { spreadOf } from '../bench/common/rounds.ts'
import { CALIBRATION_TOLERANCE } from '../report/doubts.ts'
import type { Summary } from '../report/summary-schema.ts'
import type { Calibration } from '../usage/calibration.ts'
import type { Side } from './run-record.ts'

export interface Differences {
  /** Why the two sides cannot be compared. */
  readonly barriers: readonly string[]
  /** What else is not the same. */
  readonly changes: readonly string[]
  /** Of single runs: what speaks against their figures. */
  readonly doubts: readonly string[]
}

/** By path, such as `postgres.sharedBuffersMb`. */
type Facts = ReadonlyMap<string, string>

/** Where a cluster keeps its files and listens makes it no faster. */
const WITHOUT_EFFECT = /^settings\.(ports\.|stateDir$|toolsDir$)/
const HASH_SHOWN = 10

export function differencesOf(a: Side, b: Side): Differences {
  return {
    barriers: [...differing(a, b, loadFacts), ...speedBarriers(a, b)],
    changes: differing(a, b, buildFacts),
    doubts: [...unevenSpeed('A', a), ...unevenSpeed('B', b), ...[a, b].flatMap(({ runs }) => runs.flatMap(doubtsOf))],
  }
}

const loadFacts = ({ profile, workload, environment }: Summary): Facts =>
  new Map([...factsOf({ profile }), ...factsOf({ load: workload }), ...factsOf({ machine: environment.machine })])

function buildFacts({ environment, generator }: Summary): Facts {
  const { commit, versions, settings } = environment
  const { GOGC } = generator
  const code = commit === undefined ? 'unknown' : commit.hash.slice(0, HASH_SHOWN)
  return new Map([
    ['commit', commit?.isChanged === true ? `${code} with changes` : code],
    ...[...factsOf({ settings: settings ?? 'unknown' })].filter(([path]) => !WITHOUT_EFFECT.test(path)),
    ...factsOf({ versions }),
    ['GOGC', GOGC],
  ])
}

function factsOf(value: unknown, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new Map([[path, typeof value === 'string' ? value : JSON.stringify(value)]])
  return new Map(
    Object.entries(value).flatMap(([name, part]) => [...factsOf(part, path === '' ? name : `${path}.${name}`)]),
  )
}

function differing(a: Side, b: Side, factsFor: (summary: Summary) => Facts): string[] {
  const [inA, inB] = [a, b].map(({ runs }) => runs.map(({ summary }) => factsFor(summary))) as [Facts[], Facts[]]
  const paths = new Set([...inA, ...inB].flatMap((facts) => [...facts.keys()]))
  const valuesOf = (runs: readonly Facts[], path: string): string =>
    [...new Set(runs.map((facts) => facts.get(path) ?? 'none'))].join(' and ')
  return [...paths].flatMap((path) => {
    const [left, right] = [valuesOf(inA, path), valuesOf(inB, path)]
    const isSame = left === right && !left.includes(' and ')
    return isSame ? [] : [`${path}: ${left} → ${right}`]
  })
}

/** What a calibration measures, as shown. */
const SPEEDS: readonly (readonly [what: string, of: (calibration: Calibration) => number | undefined, unit: string])[] =
  [
    ['the fixed work took', ({ workMs }) => workMs, 'ms'],
    ['Nginx alone answered', ({ nginxPerS }) => nginxPerS, 'req/s'],
  ]

/** Before and after every run. */
const calibrationsOf = ({ runs }: Side, of: (calibration: Calibration) => number | undefined): number[] =>
  runs.flatMap(({ summary: { calibration } }) =>
    [calibration.before, calibration.after].flatMap((one) => (one === undefined ? [] : (of(one) ?? []))),
  )

function speedBarriers(a: Side, b: Side): string[] {
  return SPEEDS.flatMap(([what, of, unit]) => {
    const [inA, inB] = [calibrationsOf(a, of), calibrationsOf(b, of)]
    if (inA.length === 0 || inB.length === 0) return []
    const [from, to] = [spreadOf(inA).median, spreadOf(inB).median]
    if (!isUneven([from, to])) return []
    return [`the machine was not as fast: ${what} ${shown(from)} ${unit} in the median, then ${shown(to)}`]
  })
}

/** A side whose runs met machines of different speeds has that in its spread. */
function unevenSpeed(name: string, side: Side): string[] {
  return SPEEDS.flatMap(([what, of, unit]) => {
    const found = calibrationsOf(side, of)
    if (found.length === 0 || !isUneven(found)) return []
    const { min, max } = spreadOf(found)
    return [`${name}: the machine changed between its runs: ${what} ${shown(min)} to ${shown(max)} ${unit}`]
  })
}

const isUneven = (values: readonly number[]): boolean =>
  Math.max(...values) / Math.min(...values) > 1 + CALIBRATION_TOLERANCE

const shown = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3)

function doubtsOf({ summary: { runId, cut, verdict, doubts } }: Side['runs'][number]): string[] {
  const all = [
    ...(cut ? ['cut by hand'] : []),
    ...(verdict.state === 'violated' || verdict.state === 'unchecked' ? [`its verdict is ${verdict.state}`] : []),
    ...doubts.map(({ text }) => text),
  ]
  return all.length === 0 ? [] : [`${runId}: ${all.join('; ')}`]
}
