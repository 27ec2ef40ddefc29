import type { NodeReport } from '../cluster-status.ts'
import type { Layout } from '../layout.ts'
import type { Secrets } from '../secrets.ts'
import type { Settings } from '../settings.ts'

export interface Finding {
  /** What was looked at: `port 8080`, `postgres-replica-1`. */
  readonly what: string
  /** A warning may be wanted; a fault keeps the cluster from starting or serving as promised. */
  readonly level: 'ok' | 'warning' | 'fault'
  readonly detail: string
  /** The command or change that mends it. */
  readonly remedy?: string
}

/** What every check may look at. */
export interface Patient {
  readonly settings: Settings
  readonly layout: Layout
  /** Empty when nothing runs. */
  readonly nodes: readonly NodeReport[]
  /** Undefined before the first start. */
  readonly secrets: Secrets | undefined
}

/** One kind of thing that can be wrong. Bounded in time; what it throws is reported as a fault. */
export interface Check {
  readonly name: string
  /** Whether it needs a running, supervised cluster. */
  readonly needs: 'nothing' | 'running'
  run(patient: Patient): Promise<Finding[]> | Finding[]
}

export const ok = (what: string, detail: string): Finding => ({ what, level: 'ok', detail })

export const fault = (what: string, detail: string, remedy: string | undefined): Finding => ({
  what,
  level: 'fault',
  detail,
  ...(remedy === undefined ? {} : { remedy }),
})

export const warning = (what: string, detail: string, remedy: string): Finding => ({
  what,
  level: 'warning',
  detail,
  remedy,
})

export const restartCommand = (node: string): string => `npm run cluster -- restart ${node}`
