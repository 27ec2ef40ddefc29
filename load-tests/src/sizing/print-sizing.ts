/** A sizing as text. */
import { table } from '@paycluster/cluster/commands/table'
import color from 'picocolors'
import type { Measurements } from './measurements.ts'
import type { CrossValidation } from './model/cross-validation.ts'
import type { TierPlan } from './model/plan-tiers.ts'
import type { Sizing } from './model/size-cluster.ts'
import { percent } from './print-model.ts'

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

export function sizingText(sizing: Sizing, measurements: Measurements, validation: CrossValidation): string {
  return [
    demandText(sizing),
    tiersText(sizing),
    restText(sizing),
    bottlenecksText(sizing),
    basisText(sizing, measurements, validation),
  ].join('\n\n')
}

function demandText({ requirements, demand }: Sizing): string {
  const { users, thinkS, readsAWrite, growthAYear, years } = requirements
  const { requestsPerS, readsPerS, writesPerS, inFlight, responseS, modelResponseS, utilisation } = demand
  const growth = growthAYear === 0 ? '' : `, ${percent(growthAYear)} more a year for ${years}`
  return [
    `${rate(users)} users, ${thinkS} s think time, ${readsAWrite} reads to a payment${growth}`,
    `at the peak ${rate(requestsPerS)} req/s: ${rate(readsPerS)} reads, ${rate(writesPerS)} payments; ` +
      `${rate(inFlight)} in flight, ${(responseS * 1000).toFixed(1)} ms each`,
    `at ${percent(utilisation)} busy the model answers in ${(modelResponseS * 1000).toFixed(1)} ms on the mean`,
  ].join('\n')
}

function tiersText({ tiers, requirements }: Sizing): string {
  const rows = tiers.map((plan) => [
    plan.tier,
    rate(plan.perS),
    plan.micros.toFixed(0),
    `a ${plan.unit}`,
    plan.cores.toFixed(2),
    String(plan.instances),
    String(plan.coresEach),
    percent(plan.utilisation),
    percent(plan.utilisationAfterLoss),
    headroomOf(plan),
    bytes(plan.memoryBytes),
  ])
  const lost = `WITHOUT ${requirements.survive}`
  const headings = [
    'TIER',
    'PER S',
    'µS',
    'PER',
    'CORES BUSY',
    'INSTANCES',
    'OF CORES',
    'BUSY',
    lost,
    'HEADROOM',
    'MEMORY',
  ]
  return table(headings, rows)
}

/** How much more of the rate what is left could take before all of its cores are busy. */
const headroomOf = ({ utilisationAfterLoss }: TierPlan): string => percent(1 / utilisationAfterLoss - 1)

function restText(sizing: Sizing): string {
  const { serviceNodes, redisShards, partitions, footprint, storage, requirements } = sizing
  const { coresPerNode, survive, retentionDays, kafkaCopies, peakToAverage } = requirements
  const { redis } = storage
  return [
    `nodes        ${serviceNodes} of ${coresPerNode} cores for Nginx and services, none with all of a tier; ${survive} may die`,
    `Redis        ${redisShards} shard${redisShards === 1 ? '' : 's'}: accounts ${bytes(redis.accountBytes)}, ` +
      `keys of a day ${bytes(redis.idempotencyBytes)}, payments ${bytes(redis.paymentBytes)}`,
    `Kafka        ${partitions} partitions; ${bytes(storage.kafkaBytes)} in all, ${retentionDays} days in ${kafkaCopies} copies, ` +
      `${footprint.kafkaBytes.toFixed(0)} bytes a payment`,
    `primary      ${rate(sizing.primaryIosPerS)} I/O a second, ${bytes(sizing.walBytesPerS)}/s of log; ` +
      `${footprint.ios.toFixed(2)} I/O and ${footprint.walBytes.toFixed(0)} bytes of log a payment, ${footprint.commandsABatch.toFixed(1)} payments a commit`,
    `disk         ${bytes(storage.ledgerBytesAMonth)} a month on each PostgreSQL node, ${footprint.ledgerBytes.toFixed(0)} bytes a payment; ` +
      `archive of the log ${bytes(storage.walBytesAMonth)} (peak ${peakToAverage} × average: ${rate(storage.paymentsAMonth)} payments a month)`,
  ].join('\n')
}

function bottlenecksText({ bottlenecks, requirements }: Sizing): string {
  const rows = bottlenecks.map(({ what, unit, neededPerS, carriesPerS, share }) => [
    what,
    rate(neededPerS),
    rate(carriesPerS),
    unit,
    share > 1 ? color.red(percent(share)) : percent(share),
  ])
  return [
    table(['THERE IS ONE', 'NEEDED', 'CARRIES', '', 'FULL'], rows),
    `At ${percent(requirements.utilisation)} busy. Workers and Redis can be more than one: docs/sizing.md says what takes over from each.`,
  ].join('\n')
}

function basisText({ speed, model }: Sizing, { environment }: Measurements, validation: CrossValidation): string {
  const scaled =
    speed === 1
      ? ''
      : `; CPU and response times scaled by ${speed.toFixed(2)} to machines with ${(model.calibrationMs * speed).toFixed(0)} ms`
  const error = `${percent(validation.kneeError, 1)} off at the knee`
  return [
    `From ${environment.machine.cpu}, ${model.cores} cores shared with k6, fixed work ${model.calibrationMs.toFixed(0)} ms a round${scaled}.`,
    validation.isPassed
      ? `${color.green('✔')} the model was ${error} of loads that it had not seen: npm run size -- check`
      : `${color.red('✖ FAIL')} the model was ${error} of loads that it had not seen: npm run size -- check`,
  ].join('\n')
}

const rate = (value: number): string => Math.round(value).toLocaleString('en')

/** `1.5 GB`, in powers of ten, as disks are sold. */
export function bytes(value: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)))
  const scaled = value / 1000 ** power
  return `${scaled < 10 && power > 0 ? scaled.toFixed(1) : scaled.toFixed(0)} ${UNITS[power] ?? ''}`
}
