import type { ReconciliationKind } from '@paycluster/contracts'

/** A run that is under way. */
export interface StartedRun {
  /** A uuid. */
  readonly id: string
  readonly kind: ReconciliationKind
  /** Of a statement, in UTC. */
  readonly day: string | null
  readonly isFull: boolean
}
