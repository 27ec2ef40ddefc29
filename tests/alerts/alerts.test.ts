/** Alerts of a whole cluster: raised, told, acknowledged, silenced, over; and at the end a true ledger. */
import { expect, it } from '@jest/globals'
import { brokenInvariants } from '@paycluster/testkit/broken-invariants'
import './events.ts'
import './notices.ts'
import './silences.ts'
import './metrics.ts'
import './rules.ts'
import './kills.ts'
import { cluster } from './stage.ts'

it('leaves every invariant true', async () => {
  expect(await brokenInvariants(cluster)).toEqual([])
}, 60_000)
