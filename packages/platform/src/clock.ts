/** The one source of time, so that tests can hold it still. */
export interface Clock {
  /** Milliseconds of the epoch. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }
