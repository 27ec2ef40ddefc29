import type { NotYet } from '../wait.ts'

/** Someone to run as. */
export interface SystemUser {
  readonly uid: number
  readonly gid: number
}

/** How one node is started, judged and stopped. Made by the files in `nodes/`, run by `ClusterNode`. */
export interface NodePlan {
  /** Unique in the cluster: `postgres-primary`, `inquiry-service-2`. */
  readonly name: string
  /** What it does, for people. */
  readonly role: string
  /** Where it answers: `127.0.0.1:15432` or a socket. */
  readonly address: string
  readonly port?: number
  /** Right before each start: writes its configuration, removes sockets that a killed process left. */
  prepare?(): Promise<void> | void
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly user?: SystemUser | undefined
  /** Whether it can serve: undefined, or why not yet. Bounded in time by itself. */
  probe(): Promise<NotYet>
  readonly readyTimeoutMs: number
  /** Asks for an orderly stop. */
  readonly stopSignal: NodeJS.Signals
  /** Then it is killed. */
  readonly stopTimeoutMs: number
  /** Ends it at once with its children. */
  readonly hurrySignal: 'SIGKILL' | 'SIGQUIT'
}
