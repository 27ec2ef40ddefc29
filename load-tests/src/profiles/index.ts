import { peak } from './peak.ts'
import type { Profile } from './profile.ts'
import { smoke } from './smoke.ts'

/** Every profile: `npm run load -- <name>`. A new one is a file beside these and a name here. */
export const profiles: readonly Profile[] = [smoke, peak]

export const profileNamed = (name: string): Profile | undefined => profiles.find((profile) => profile.name === name)
