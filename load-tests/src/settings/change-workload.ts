import { LoadError } from '../load-error.ts'
import type { Profile } from '../profiles/profile.ts'
import type { Workload } from '../workload/workload.ts'

/** What the command line may change of a profile's load. */
export interface WorkloadOptions {
  readonly users?: number
  readonly rate?: number
  readonly duration?: number
  readonly ramp?: number
  readonly warmUp?: number
  readonly think?: number
  readonly mix?: Workload['mix']
  readonly customers?: Workload['customers']
  readonly merchants?: Workload['merchants']
}

const SETTING_OF = {
  users: 'users',
  rate: 'ratePerS',
  duration: 'durationS',
  ramp: 'rampS',
  warmUp: 'warmUpS',
  think: 'thinkS',
  mix: 'mix',
  customers: 'customers',
  merchants: 'merchants',
} as const satisfies Record<keyof WorkloadOptions, keyof Workload>

/** A longer or shorter look at the same load. */
const SAME_LOAD: readonly (keyof Workload)[] = ['durationS', 'rampS', 'warmUpS']

export interface ChangedWorkload {
  readonly workload: Workload
  /** Whether it is still the load that the profile's throughput was set for. */
  readonly asDefined: boolean
}

/** @throws LoadError `invalid_option` when the profile has no such setting */
export function changeWorkload(profile: Profile, options: WorkloadOptions): ChangedWorkload {
  refuseWhatDoesNothing(profile, options)
  const changes = Object.entries(SETTING_OF).flatMap(([option, setting]) => {
    const value = options[option as keyof WorkloadOptions]
    return value === undefined ? [] : [[setting, value] as const]
  })
  return {
    workload: { ...profile.workload, ...(Object.fromEntries(changes) as Partial<Workload>) },
    asDefined: changes.every(([setting]) => SAME_LOAD.includes(setting)),
  }
}

function refuseWhatDoesNothing({ name, model, behaviour }: Profile, { rate, think, mix }: WorkloadOptions): void {
  if (model === 'closed' && rate !== undefined)
    throw new LoadError('invalid_option', `--rate: ${name} is a closed model, its load is --users and --think`)
  if (model === 'open' && think !== undefined)
    throw new LoadError('invalid_option', `--think: ${name} is an open model, its load is --rate`)
  if (behaviour !== 'shopper' && mix !== undefined)
    throw new LoadError('invalid_option', `--mix: what the users of ${name} do has an order of its own`)
}
