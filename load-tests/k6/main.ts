/**
 * The one script that k6 runs, for every profile:
 *
 *     npm run load -- peak            the runner finds k6, makes the settings, and judges what comes out
 *
 * k6 compiles it in each virtual user, so that it and what it imports stay small. All of a profile is in
 * ../src/profiles/, what users do in shopper.ts, journey.ts and historian.ts, each request in client.ts.
 */
import exec from 'k6/execution'
import http from 'k6/http'
import type { Options } from 'k6/options'
import { profileNamed } from '../src/profiles/index.ts'
import { scenarioOf } from '../src/profiles/models.ts'
import { k6Thresholds } from '../src/workload/metrics.ts'
import { write } from './output.ts'
import { settings } from './settings.ts'
import { createUser } from './user.ts'

const profile = profileNamed(settings.profile)
if (profile === undefined) throw new Error(`unknown profile ${settings.profile}`)

export const options: Options = {
  scenarios: { [profile.name]: scenarioOf(profile, settings.workload) } as NonNullable<Options['scenarios']>,
  thresholds: k6Thresholds(profile, settings.workload),
  summaryTrendStats: ['count', 'avg', 'med', 'p(95)', 'p(99)', 'max'],
  // Series by URL, method and so on cost CPU for every sample and are not asked for.
  systemTags: [],
  discardResponseBodies: true,
  userAgent: 'paycluster-load',
}

http.setResponseCallback(http.expectedStatuses(200, 202))

/** Runs when all users are made: tells the runner when the load starts. */
export function setup(): void {
  write({ remark: 'started', at_ms: Date.now() })
}

const { behaviour } = profile
let takeTurn: (() => void) | undefined

/** One turn of one user: a request, then a pause. */
export function act(): void {
  takeTurn ??= createUser(exec.vu.idInTest, behaviour)
  takeTurn()
}

/** Runs when the last user has stopped, be it before its time: tells the runner that the load has ended. */
export function teardown(): void {
  write({ remark: 'ended' })
}

export function handleSummary(data: unknown): Record<string, string> {
  return { [settings.summaryFile]: JSON.stringify(data) }
}
