/** Webhooks of a whole cluster, what is shown of its state, and at the end a true ledger. */
import { expect, it } from '@jest/globals'
import { brokenInvariants } from '@paycluster/testkit/broken-invariants'
import './messages.ts'
import './endpoints.ts'
import './cluster-state.ts'
import { describeDeadEvents } from './dead-events.ts'
import { cluster } from './stage.ts'

it('leaves every invariant true', async () => {
  expect(await brokenInvariants(cluster)).toEqual([])
}, 60_000)

// After it: to `npm run verify`, too, what is no event is none.
describeDeadEvents()
