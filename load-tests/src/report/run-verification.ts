/** The same checks as `npm run verify -- --accepted <file>`, as part of a run's verdict. */
import { describeResult } from '@paycluster/cluster/verify/report'
import { targetOf } from '@paycluster/cluster/verify/target'
import { passed, verify } from '@paycluster/cluster/verify/verify'
import type { Settings } from '@paycluster/cluster/settings'
import type { Verification } from './verdict.ts'

/** @param acceptedFile  what the clients saw accepted */
export async function runVerification(settings: Settings, acceptedFile: string): Promise<Verification> {
  const results = await verify(targetOf(settings, acceptedFile))
  const findings = results.map(describeResult)
  if (passed(results)) return { state: 'correct', findings }
  return { state: results.some(({ state }) => state === 'violated') ? 'violated' : 'unchecked', findings }
}
