/** Names of the series that the scripts write and the runner reads. */
import type { Behaviour, Profile } from '../profiles/profile.ts'
import { SHOPPER_OPERATIONS, type Operation, type Workload } from './workload.ts'

/** Versions of a user's own account that went back from one answer to the next. */
export const VERSIONS_BACKWARDS = 'versions_backwards'
/** Answers that did not reflect the consistency token of their request. */
export const TOKENS_NOT_MET = 'tokens_not_met'
/** Answers with the right status and a body or headers that are not what the API promises. */
export const MALFORMED = 'malformed_answers'
const VIOLATIONS = [VERSIONS_BACKWARDS, TOKENS_NOT_MET, MALFORMED] as const
/** Requests that carried a consistency token. */
export const TOKENS_SENT = 'tokens_sent'
/** Bodies that were parsed and compared. */
export const BODIES_CHECKED = 'bodies_checked'
/** A journey from its first request to its last answer, in ms, without the pauses between its steps. */
export const JOURNEY_DURATION = 'journey_duration'
/** From the 202 to the poll's answer that the payment is final, in ms. */
export const FINAL_AFTER = 'final_after'

/** The tag that a user's samples carry from the end of the warm-up on. */
export const MEASURED = 'measured'

/** Of measured requests, in ms, without the time to connect. */
export const durationOf = (operation: Operation): string => `http_req_duration{op:${operation},phase:${MEASURED}}`
export const READ_DURATION = `http_req_duration{kind:read,phase:${MEASURED}}`
export const ALL_DURATION = `http_req_duration{phase:${MEASURED}}`
export const failedOf = (operation: Operation): string => `http_req_failed{op:${operation},phase:${MEASURED}}`
export const measuredOf = (metric: string): string => `${metric}{phase:${MEASURED}}`
/** Of one stage, by its index. */
export const stageReads = (stage: number): string => `http_req_duration{kind:read,stage:${stage}}`
export const stageAccepts = (stage: number): string => `http_req_duration{op:pay,stage:${stage}}`
export const stageFailed = (stage: number): string => `http_req_failed{stage:${stage}}`

const OPERATIONS_OF: Readonly<Record<Behaviour, readonly Operation[]>> = {
  shopper: SHOPPER_OPERATIONS,
  journey: ['balance', 'pay', 'poll', 'read_back'],
  historian: ['statement', 'page', 'pay'],
}

interface Threshold {
  readonly threshold: string
  readonly abortOnFail?: boolean
  /** From the start of the test. */
  readonly delayAbortEval?: string
}
type Thresholds = Record<string, Threshold[]>

const ALWAYS_MET = [{ threshold: 'max>=0' }]

/** k6's thresholds. It keeps a series per tag only where a threshold names it: hence those that are always met. */
export function k6Thresholds(profile: Profile, workload: Workload): Thresholds {
  const { failedRate, readP95Ms, acceptP95Ms, journeyP95Ms } = profile.thresholds
  const thresholds: Thresholds = {
    http_req_failed: [{ threshold: `rate<=${failedRate}` }],
    [ALL_DURATION]: ALWAYS_MET,
    [READ_DURATION]: upTo(readP95Ms),
  }
  for (const operation of OPERATIONS_OF[profile.behaviour]) {
    thresholds[durationOf(operation)] = operation === 'pay' ? upTo(acceptP95Ms) : ALWAYS_MET
    thresholds[failedOf(operation)] = [{ threshold: 'rate>=0' }]
  }
  if (profile.behaviour === 'journey') {
    thresholds[measuredOf(JOURNEY_DURATION)] = upTo(journeyP95Ms)
    thresholds[measuredOf(FINAL_AFTER)] = ALWAYS_MET
  }
  for (const violation of VIOLATIONS) thresholds[violation] = [{ threshold: 'count<=0' }]
  return { ...thresholds, ...stageThresholds(profile, workload) }
}

/** A stage that the run has to keep to is judged when it is over: within it, its first slow answer would end the run. */
function stageThresholds(profile: Profile, workload: Workload): Thresholds {
  const { stages } = profile.shape(workload)
  if (stages.length === 1) return {}
  const { knee } = profile
  const thresholds: Thresholds = {}
  let endS = workload.rampS + workload.warmUpS
  stages.forEach(({ durationS }, stage) => {
    endS += durationS
    const ending = knee === undefined ? {} : { abortOnFail: true, delayAbortEval: `${endS}s` }
    const to = (limit: number | undefined): Threshold[] => upTo(limit).map((met) => ({ ...met, ...ending }))
    thresholds[stageReads(stage)] = to(knee?.readP95Ms)
    thresholds[stageAccepts(stage)] = to(knee?.acceptP95Ms)
    thresholds[stageFailed(stage)] = [{ threshold: `rate<=${knee?.failedRate ?? 1}`, ...ending }]
  })
  return thresholds
}

const upTo = (p95Ms: number | undefined): Threshold[] =>
  p95Ms === undefined ? ALWAYS_MET : [{ threshold: `p(95)<=${p95Ms}` }]
