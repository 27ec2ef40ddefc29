import type { Thresholds, Workload } from '../workload/workload.ts'

/**
 * How load arrives. Closed: a number of users, each of whom waits for an answer, thinks, and asks again; a system that
 * slows down is asked less. Open: requests arrive at a rate whatever the system does; one that slows down is asked no
 * less.
 */
export type Model = 'closed' | 'open'

/** What a virtual user does: `k6/` has a file for each. */
export type Behaviour = 'shopper' | 'journey' | 'historian'

/** A part of the measured time. */
export interface Stage {
  /** Of a few words, for the report. */
  readonly name: string
  readonly durationS: number
  /** Users, or arrivals a second, at its end. */
  readonly level: number
  /** Whether the level is there at once, or grows evenly over the stage. */
  readonly change: 'at once' | 'evenly'
}

/** What the ramp reaches and the warm-up keeps, then the measured time in one stage or several. */
export interface Shape {
  readonly base: number
  readonly stages: readonly Stage[]
}

/** A named load: what users do, how they arrive, and what the run fails on. */
export interface Profile {
  readonly name: string
  /** One line for the list of profiles. */
  readonly summary: string
  readonly model: Model
  readonly behaviour: Behaviour
  readonly workload: Workload
  shape(workload: Workload): Shape
  readonly thresholds: Thresholds
  /**
   * What each stage has to keep to. The run ends with the first stage that does not, and its knee is the highest rate
   * before that.
   */
  readonly knee?: Pick<Thresholds, 'failedRate' | 'readP95Ms' | 'acceptP95Ms'>
  /** The cache of a local cluster is emptied this often: what is read is hardly ever there. */
  readonly flushCacheEveryS?: number
}
