/** What became of routed reads, counted since the start; read by the metrics. */
export interface RouterCounts {
  readIndexes: number
  readIndexFailures: number
  /** Reads that had to wait for a replica. */
  waits: number
  /** Reads that waited for a replica in vain. */
  waitsInVain: number
  replicaReads: number
  primaryReads: number
  primaryRefusals: number
}

export const createRouterCounts = (): RouterCounts => ({
  readIndexes: 0,
  readIndexFailures: 0,
  waits: 0,
  waitsInVain: 0,
  replicaReads: 0,
  primaryReads: 0,
  primaryRefusals: 0,
})
