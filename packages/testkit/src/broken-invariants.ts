import { targetOf } from '@paycluster/cluster/verify/target'
import { passed, verify } from '@paycluster/cluster/verify/verify'
import type { RunningCluster } from '@paycluster/cluster/running-cluster'

/** How long posting, publishing and replaying may take. */
const WAIT_MS = 60_000
const SHOWN_ROWS = 3

/** The invariants that a cluster does not keep, or that could not be checked, with some of what is wrong: none, to be right. */
export async function brokenInvariants({ settings }: Pick<RunningCluster, 'settings'>): Promise<unknown[]> {
  const results = await verify(targetOf(settings), { waitMs: WAIT_MS })
  return results
    .filter((result) => !passed([result]))
    .map(({ id, rows, notes }) => [id, rows.slice(0, SHOWN_ROWS), notes])
}
