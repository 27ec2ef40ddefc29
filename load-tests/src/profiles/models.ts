/**
 * How load arrives.
 *
 * Closed: a fixed number of users, each of whom waits for an answer, thinks, and asks again; a system that slows down is
 * asked less. Open: requests arrive at a rate whatever the system does; one that slows down is asked no less.
 */
import type { Workload } from '../workload/workload.ts'

/** For requests in flight at the end; users who think are not waited for. */
const GRACEFUL_STOP = '5s'

/** Closed: users start evenly over the ramp and stay until the end. */
export const closedModel = ({ users, rampS, warmUpS, durationS }: Workload): object => ({
  executor: 'ramping-vus',
  exec: 'act',
  startVUs: 0,
  stages: [
    { duration: `${rampS}s`, target: users },
    { duration: `${warmUpS + durationS}s`, target: users },
  ],
  gracefulStop: GRACEFUL_STOP,
})
