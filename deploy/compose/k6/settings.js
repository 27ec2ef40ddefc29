/* global __ENV, open */
// What the runner of `npm run load` passes to the suite, made inside k6: there is no Node in its image.
import { profileNamed } from '../../../load-tests/src/profiles/index.ts'

const profile = profileNamed(__ENV.PROFILE)
if (profile === undefined) throw new Error(`unknown profile ${__ENV.PROFILE}`)

const workload = { ...profile.workload }
if (__ENV.USERS) workload.users = Number(__ENV.USERS)
if (__ENV.DURATION_S) workload.durationS = Number(__ENV.DURATION_S)

const demoFolder = __ENV.DEMO_FOLDER ?? '/demo'

__ENV.LOAD_API_KEY = JSON.parse(open(`${demoFolder}/demo.json`)).apiKey
__ENV.LOAD_SETTINGS = JSON.stringify({
  profile: profile.name,
  workload,
  url: __ENV.URL,
  runId: `compose-${Date.now().toString(36)}`,
  accountsFile: `${demoFolder}/accounts.json`,
})
