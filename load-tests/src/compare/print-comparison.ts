/** A comparison as text. */
import { table } from '@paycluster/cluster/commands/table'
import color from 'picocolors'
import type { Comparison, ComparedFigure, Judgement, SideFigure } from './compare-sides.ts'
import type { Side } from './run-record.ts'
import { smallestP, MIN_RUNS, SIGNIFICANT } from './rank-test.ts'

const WORDS: Readonly<Record<Judgement, string>> = {
  better: color.green('better'),
  worse: color.red('worse'),
  apart: color.yellow('apart'),
  noise: color.dim('noise'),
  'too few': color.dim('too few runs to tell'),
}

export function comparisonText(comparison: Comparison, page: string): string {
  const { a, b, figures, differences } = comparison
  const { barriers, changes, doubts } = differences
  const rows = figures.map((figure) => [
    figure.group,
    figure.name,
    figure.unit,
    ...cellsOf(figure.a),
    ...cellsOf(figure.b),
    changeText(figure),
    figure.p?.toFixed(3) ?? '-',
    WORDS[figure.judgement],
  ])
  return [
    ...(barriers.length === 0 ? [] : [color.red(['✖ these runs cannot be compared:', ...barriers].join('\n  '))]),
    ...(changes.length === 0 ? [] : [['from the first to the second:', ...changes].join('\n  ')]),
    ...(doubts.length === 0 ? [] : [color.yellow(['! read the figures with care:', ...doubts].join('\n  '))]),
    sidesText(a, b),
    table(['', 'FIGURE', 'UNIT', 'A', 'A FROM … TO', 'B', 'B FROM … TO', 'CHANGE', 'P', ''], rows),
    legendOf(comparison),
    `comparison: ${page}`,
  ].join('\n\n')
}

const sidesText = (a: Side, b: Side): string =>
  [a, b]
    .map(({ name, runs }, side) => {
      const ids = runs.map(({ summary }) => summary.runId).join(', ')
      // Ids say where folders lie, too.
      const asked = name === ids || name.includes('/') ? '' : `${name}: `
      return `${color.bold(side === 0 ? 'A' : 'B')}  ${asked}${ids}`
    })
    .join('\n')

const cellsOf = ({ spread: { median, min, max } }: SideFigure): [string, string] => [
  figureText(median),
  `${figureText(min)} … ${figureText(max)}`,
]

/** Three digits that matter, and all of a large number. */
export const figureText = (value: number): string =>
  value >= 1000 ? Math.round(value).toString() : value === 0 ? '0' : Number(value.toPrecision(3)).toString()

export const changeText = ({ change }: ComparedFigure): string =>
  change === undefined ? '-' : `${change > 0 ? '+' : ''}${(change * 100).toFixed(1)} %`

/** What the judgements of this comparison mean, and how far to trust them. */
export function legendOf({ a, b, figures }: Comparison): string {
  const [inA, inB] = [a.runs.length, b.runs.length]
  const counts = `${inA} and ${inB} runs`
  if (Math.min(inA, inB) < MIN_RUNS)
    return `Too few runs to tell a difference from noise: ${counts}, at least ${MIN_RUNS} a side are needed.`
  const least = smallestP(inA, inB)
  const test = `A, B: medians. P: how often chance alone brings ${counts} as far apart (Mann–Whitney U, exact, two-sided)`
  if (least > SIGNIFICANT)
    return `${test}. So few cannot come below ${least.toFixed(2)}: “apart” says that no run of one side lies among those of the other, more runs that it is no chance.`
  const byChance = (figures.length * SIGNIFICANT).toFixed(1)
  return `${test}; from ${SIGNIFICANT} down it is called a difference. Of ${figures.length} figures, ${byChance} come to that by chance.`
}
