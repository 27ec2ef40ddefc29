/** The model and how well it predicts, as text. */
import { table } from '@paycluster/cluster/commands/table'
import color from 'picocolors'
import { spreadOf } from '../bench/common/rounds.ts'
import { GENERATOR } from '../usage/tiers.ts'
import type { Measurements } from './measurements.ts'
import { MAX_KNEE_ERROR, type Compared, type CrossValidation } from './model/cross-validation.ts'
import { throughputWithoutGenerator, undisturbed, workMsOf, type SweepModel } from './model/fit-sweep.ts'
import { maxThroughput, peakInFlight } from './model/usl.ts'

export const percent = (share: number, digits = 0): string => `${(share * 100).toFixed(digits)} %`
const signed = (error: number): string => `${error > 0 ? '+' : ''}${percent(error, 1)}`
const whole = (value: number): string => (Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '∞')

/** On what, how fast it was, and what the law and the tiers came to. */
export function modelText(model: SweepModel, { environment, takenAt, mix, levels }: Measurements): string {
  const { usl, tiers, cores, calibrationMs } = model
  const { machine, commit } = environment
  const left = undisturbed(levels).length
  const { min: least, max: most } = spreadOf(levels.map(workMsOf))
  const rows = tiers.map(({ tier, unit, micros, leastMicros, mostMicros }) => [
    tier,
    micros.toFixed(0),
    `a ${unit}`,
    `${leastMicros.toFixed(0)} … ${mostMicros.toFixed(0)}`,
  ])
  const perS = throughputWithoutGenerator(model, mix.readsAWrite)
  return [
    `measured ${takenAt.slice(0, 10)} at ${commit?.hash.slice(0, 7) ?? 'no commit'}: ${machine.cpu}, ${machine.cores} cores shared with k6, ` +
      `rates at ${calibrationMs.toFixed(0)} ms a round of fixed work (levels: ${least.toFixed(0)} to ${most.toFixed(0)}), ${mix.readsAWrite.toFixed(2)} reads to a payment, ${levels.length} levels` +
      (left === levels.length ? '' : `, ${levels.length - left} left out: others were busy on the machine`),
    `X(N) = λN / (1 + σ(N − 1) + κN(N − 1)): λ ${usl.lambda.toFixed(0)}/s, σ ${usl.sigma.toPrecision(3)}, ` +
      `κ ${usl.kappa.toPrecision(3)}, R² ${usl.rSquared.toFixed(3)}; ` +
      `at most ${whole(maxThroughput(usl))} req/s, at ${whole(peakInFlight(usl))} in flight`,
    `derived, not measured: without k6 beside it, the cluster’s ${cores} cores would be busy at ${whole(perS)} req/s`,
    table(['TIER', 'µS', 'PER', 'FROM … TO'], rows),
  ].join('\n\n')
}

/** Measured, predicted and the error, for each level. */
export function validationText({ predictions, kneeError, isPassed }: CrossValidation): string {
  const cells = ({ measured, predicted, error }: Compared, digits: number): string[] => [
    measured.toFixed(digits),
    predicted.toFixed(digits),
    signed(error),
  ]
  const rows = predictions.map(({ users, thinkS, isKnee, perS, responseMs, cores }) => [
    String(users),
    thinkS === 0 ? 'none' : `${thinkS} s`,
    ...cells(perS, 0),
    ...cells(responseMs, 1),
    ...cells(cores, 2),
    isKnee ? 'knee' : '',
  ])
  const headings = ['REQ/S', 'PREDICTED', 'ERROR', 'MEAN MS', 'PREDICTED', 'ERROR', 'CORES', 'PREDICTED', 'ERROR']
  const verdict = `throughput at the knee: ${percent(kneeError, 1)} off, ${percent(MAX_KNEE_ERROR)} are allowed`
  return [
    table(['USERS', 'THINK', ...headings, ''], rows),
    'Each level is predicted by a fit that has not seen it: without think time, by that of every other level; with it, ' +
      `by all of those without. Cores: the cluster’s at the measured rate, ${GENERATOR} left out, by its demand under load: few at once cost more each.`,
    isPassed ? `${color.green('✔')} ${verdict}` : `${color.red('✖ FAIL')} ${verdict}`,
  ].join('\n\n')
}
