import { oncePer } from '@paycluster/platform/mutations/mutation'
import type { Settings } from '../config.ts'
import type { ReadSide } from '../read-side.ts'
import { serveOldBalances } from './serve-old-balances.ts'
import { swallowTokens } from './swallow-tokens.ts'

/** The read side with the fault that the settings name, or as it is. */
export function mutated({ MUTATION, MUTATION_EVERY }: Settings, readSide: ReadSide): ReadSide {
  const isTime = oncePer(MUTATION_EVERY)
  switch (MUTATION) {
    case 'serve_old_version':
      return { ...readSide, balances: serveOldBalances(readSide.balances, isTime) }
    case 'swallow_token':
      return { ...readSide, payments: swallowTokens(readSide.payments, isTime) }
    case undefined:
      return readSide
  }
}
