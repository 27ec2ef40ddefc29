/** The traffic generator against a real cluster: what it says it did is what the ledger has. */
import { describe, expect, it } from '@jest/globals'
import { brokenInvariants } from '@paycluster/testkit/broken-invariants'
import { cluster, TIMEOUT_MS } from './stage.ts'
import './everything.ts'
import './run-api.ts'
import './killed-generator.ts'
import './command.ts'

describe('the cluster after all of it', () => {
  it(
    'keeps every invariant',
    async () => {
      expect(await brokenInvariants(cluster)).toEqual([])
    },
    TIMEOUT_MS,
  )
})
