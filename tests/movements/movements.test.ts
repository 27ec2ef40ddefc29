/** Every kind of movement on one cluster, and at the end a true ledger. Limits come last: what they are set on keeps them. */
import { expect, it } from '@jest/globals'
import { brokenInvariants } from '@paycluster/testkit/broken-invariants'
import './batches.ts'
import './holds.ts'
import './refunds.ts'
import './terms.ts'
import './limits.ts'
import { cluster } from './stage.ts'

it('leaves every invariant true', async () => {
  expect(await brokenInvariants(cluster)).toEqual([])
}, 120_000)
