import type pg from 'pg'
import type { LocalCluster, Target } from '../../target/target.ts'
import type { NodeProcess } from '../../usage/snapshot.ts'
import type { Payer } from './payer.ts'

export interface AcceptBench {
  readonly target: Target & { readonly cluster: LocalCluster }
  readonly rounds: number
  /** Of a way in one round. */
  readonly payments: number
  readonly stop: AbortSignal
  readonly say: (what: string) => void
}

/** What the parts of the bench share. */
export interface AcceptStage extends AcceptBench {
  readonly monitor: pg.Client
  readonly payer: Payer
  /** The number of the client who owns the accounts. */
  readonly owner: number
  readonly processes: () => readonly NodeProcess[]
}
