/** What the tables of all benches have in common. */
import color from 'picocolors'
import type { Calibration, Machine } from './calibration.ts'
import type { JudgedGoal } from './goals.ts'
import type { Spread } from './rounds.ts'

/** `12,345` */
export const rate = (value: number): string => Math.round(value).toLocaleString('en')

export const fixed = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '-'

/** Two columns: the median, and the least and most of the rounds. */
export const spreadCells = (spread: Spread, format: (value: number) => string = rate): [string, string] => [
  format(spread.median),
  `${format(spread.min)} … ${format(spread.max)}`,
]

export function goalsText(goals: readonly JudgedGoal[]): string {
  return goals
    .map(({ what, unit, atLeast, atMost, measured, isReached }) => {
      const bound = atLeast === undefined ? `≤ ${atMost?.toLocaleString('en')}` : `≥ ${atLeast.toLocaleString('en')}`
      const figure = measured >= 100 ? rate(measured) : measured.toPrecision(3)
      const line = `${what}: ${figure} ${unit}, asked for ${bound}`
      return isReached ? `${color.green('✔')} ${line}` : `${color.yellow('✖')} ${line}`
    })
    .join('\n')
}

/** On what, and whether it was left alone. */
export function conditionsText(machine: Machine, calibration: Calibration): string {
  const { beforeMs, afterMs, otherCores, isDisturbed } = calibration
  const others = otherCores === undefined ? '' : `, ${otherCores.toFixed(2)} cores busy with others`
  const line =
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGib} GiB, node ${machine.node}; ` +
    `fixed work ${beforeMs.toFixed(1)} ms before, ${afterMs.toFixed(1)} after${others}`
  return isDisturbed ? color.yellow(`${line}: disturbed, figures of a machine that is not quiet`) : line
}
