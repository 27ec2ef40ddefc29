/** The same checks as `npm run verify -- --accepted <file>`, as part of a run's verdict. */
import { targetOf } from '@paycluster/cluster/verify/target'
import { passed, verify } from '@paycluster/cluster/verify/verify'
import type { Settings } from '@paycluster/cluster/settings'
import type { Verification } from './verdict.ts'

/** @param acceptedFile  what the clients saw accepted */
export async function runVerification(settings: Settings, acceptedFile: string): Promise<Verification> {
  const results = await verify(targetOf(settings, acceptedFile))
  // I7 is what the run's own verdict is about.
  const invariants = results.filter(({ id, state }) => id !== 'I7' || state !== 'not applicable')
  if (passed(results)) return { state: 'correct', invariants }
  return { state: results.some(({ state }) => state === 'violated') ? 'violated' : 'unchecked', invariants }
}
