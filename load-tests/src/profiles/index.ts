import { average } from './average.ts'
import { breakpoint } from './breakpoint.ts'
import { closed } from './closed.ts'
import { history } from './history.ts'
import { hotMerchant } from './hot-merchant.ts'
import { journeys } from './journeys.ts'
import { level } from './level.ts'
import { misses } from './misses.ts'
import { peak } from './peak.ts'
import type { Profile } from './profile.ts'
import { smoke } from './smoke.ts'
import { soak } from './soak.ts'
import { spike } from './spike.ts'
import { stress } from './stress.ts'

/** Every profile: `npm run load -- <name>`. A new one is a file beside these and a name here. */
export const profiles: readonly Profile[] = [
  smoke,
  average,
  peak,
  closed,
  stress,
  spike,
  soak,
  breakpoint,
  hotMerchant,
  history,
  misses,
  journeys,
  level,
]

export const profileNamed = (name: string): Profile | undefined => profiles.find((profile) => profile.name === name)
