/** Two sides of repeated runs, figure by figure. Pure. */
import { spreadOf, type Spread } from '../bench/common/rounds.ts'
import { differencesOf, type Differences } from './differences.ts'
import { figuresOf, GROUPS, type Figure } from './figures.ts'
import { exactP, MIN_RUNS, SIGNIFICANT, smallestP } from './rank-test.ts'
import type { Side } from './run-record.ts'

export interface SideFigure {
  /** A run each, in the order of their starts; runs that did not measure it are left out. */
  readonly values: readonly number[]
  readonly spread: Spread
}

/**
 * `apart`: every run of one side lies beyond every run of the other, and there are too few for that to prove a difference.
 * `too few`: a side has fewer than {@link MIN_RUNS}.
 */
export type Judgement = 'better' | 'worse' | 'apart' | 'noise' | 'too few'

export interface ComparedFigure extends Omit<Figure, 'value'> {
  readonly a: SideFigure
  readonly b: SideFigure
  /** The second side's median against the first's, 0.1 being a tenth more; undefined when the first's is 0. */
  readonly change: number | undefined
  /** How often chance alone brings two sides as far apart, 0 to 1; undefined when there are too few runs. */
  readonly p: number | undefined
  readonly judgement: Judgement
}

export interface Comparison {
  readonly a: Side
  readonly b: Side
  readonly figures: readonly ComparedFigure[]
  readonly differences: Differences
}

/** The second side is judged: better or worse than the first. */
export const compareSides = (a: Side, b: Side): Comparison => ({
  a,
  b,
  figures: compareFigures(a.runs.map(figuresOf), b.runs.map(figuresOf)),
  differences: differencesOf(a, b),
})

/** Figures that one of the sides has none of are left out. */
export function compareFigures(a: readonly (readonly Figure[])[], b: readonly (readonly Figure[])[]): ComparedFigure[] {
  const keyOf = ({ group, name, unit }: Figure): string => [group, name, unit].join()
  const kinds = new Map([...a.flat(), ...b.flat()].map((figure) => [keyOf(figure), figure]))
  const valuesOf = (runs: readonly (readonly Figure[])[], key: string): number[] =>
    runs.flatMap((figures) => figures.find((figure) => keyOf(figure) === key)?.value ?? [])
  return [...kinds]
    .flatMap(([key, kind]) => {
      const [inA, inB] = [valuesOf(a, key), valuesOf(b, key)]
      return inA.length === 0 || inB.length === 0 ? [] : [compareFigure(kind, inA, inB)]
    })
    .sort((one, other) => GROUPS.indexOf(one.group) - GROUPS.indexOf(other.group))
}

function compareFigure(
  { group, name, unit, better }: Figure,
  inA: readonly number[],
  inB: readonly number[],
): ComparedFigure {
  const [a, b] = [inA, inB].map((values) => ({ values, spread: spreadOf(values) })) as [SideFigure, SideFigure]
  const change = a.spread.median === 0 ? undefined : b.spread.median / a.spread.median - 1
  const isEnough = Math.min(inA.length, inB.length) >= MIN_RUNS
  const p = isEnough ? exactP(inA, inB) : undefined
  return { group, name, unit, better, a, b, change, p, judgement: judge(p, a, b, better) }
}

function judge(p: number | undefined, a: SideFigure, b: SideFigure, better: Figure['better']): Judgement {
  if (p === undefined) return 'too few'
  if (p <= SIGNIFICANT) return b.spread.median > a.spread.median === (better === 'higher') ? 'better' : 'worse'
  const least = smallestP(a.values.length, b.values.length)
  return least > SIGNIFICANT && p <= least ? 'apart' : 'noise'
}
