/* global __ENV, open */
// What the runner of `npm run load` passes to the suite, made inside k6: there is no Node in its image.
import { profileNamed, profiles } from '../../../load-tests/src/profiles/index.ts'

const profile = profileNamed(__ENV.PROFILE)
if (profile === undefined)
  throw new Error(`unknown profile ${__ENV.PROFILE}: one of ${profiles.map(({ name }) => name).join(', ')}`)

const workload = { ...profile.workload }
const variables = {
  USERS: 'users',
  RATE: 'ratePerS',
  RAMP_S: 'rampS',
  WARM_UP_S: 'warmUpS',
  DURATION_S: 'durationS',
  THINK_S: 'thinkS',
}
for (const [variable, setting] of Object.entries(variables)) {
  if (!__ENV[variable]) continue
  const value = Number(__ENV[variable])
  if (!(value >= 0)) throw new Error(`${variable}: ${__ENV[variable]} is no number of 0 or more`)
  workload[setting] = value
}

const demoFolder = __ENV.DEMO_FOLDER ?? '/demo'

__ENV.LOAD_API_KEY = JSON.parse(open(`${demoFolder}/demo.json`)).apiKey
__ENV.LOAD_SETTINGS = JSON.stringify({
  profile: profile.name,
  workload,
  url: __ENV.URL,
  runId: `compose-${Date.now().toString(36)}`,
  accountsFile: `${demoFolder}/accounts.json`,
})
