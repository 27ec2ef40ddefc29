/**
 * The one script that k6 runs, for every profile:
 *
 *     npm run load -- peak            the runner finds k6, makes the settings, and judges what comes out
 *
 * k6 compiles it in each virtual user, so that it and what it imports stay small. All of a profile is in
 * ../src/profiles/, all that users do in user.ts.
 */
import exec from 'k6/execution'
import http from 'k6/http'
import type { Options } from 'k6/options'
import { profileNamed } from '../src/profiles/index.ts'
import { k6Thresholds } from '../src/workload/metrics.ts'
import { remark } from './output.ts'
import { settings } from './settings.ts'
import { createUser } from './user.ts'

const profile = profileNamed(settings.profile)
if (profile === undefined) throw new Error(`unknown profile ${settings.profile}`)

export const options: Options = {
  scenarios: profile.scenarios(settings.workload) as NonNullable<Options['scenarios']>,
  thresholds: k6Thresholds(profile.thresholds),
  summaryTrendStats: ['count', 'avg', 'med', 'p(95)', 'p(99)', 'max'],
  // Series by URL, method and so on cost CPU for every sample and are not asked for.
  systemTags: [],
  discardResponseBodies: true,
  userAgent: 'paycluster-load',
}

http.setResponseCallback(http.expectedStatuses(200, 202))

/** Runs when all users are made: tells the runner when the load starts. */
export function setup(): void {
  remark({ remark: 'started', at_ms: Date.now() })
}

let takeTurn: (() => void) | undefined

/** One turn of one user: an operation, then a pause. */
export function act(): void {
  takeTurn ??= createUser(exec.vu.idInTest)
  takeTurn()
}

export function handleSummary(data: unknown): Record<string, string> {
  return { [settings.summaryFile]: JSON.stringify(data) }
}
