import type { PrimaryNode } from './primary-node.ts'
import type { ReplicaNode } from './replica-node.ts'

/** How much of what the primary has on disk a replica has not replayed. */
export function lagBytes(primary: PrimaryNode, replica: ReplicaNode): number {
  return Number(primary.flushLsn > replica.replayedLsn ? primary.flushLsn - replica.replayedLsn : 0n)
}

/** Up to when the primary last said where it stands: with the primary away, lag does not grow. */
export function lagMs(primary: PrimaryNode, replica: ReplicaNode): number {
  return primary.samples.lagMs(replica.replayedLsn, primary.answeredAtMs)
}
