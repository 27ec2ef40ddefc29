/** What went wrong, for people, and the exit code: 1 when it could not be done, 2 when it was asked for wrongly. */
import { PaymentClientError } from '@paycluster/client'
import { ClusterError } from '@paycluster/cluster/cluster-error'
import { TrafficProblem } from '@paycluster/traffic-generator/http/traffic-problem'
import { ScenarioError } from '@paycluster/traffic-generator/scenario/parse-scenario'
import { TargetError } from '@paycluster/traffic-generator/sending/target'
import { CommanderError } from 'commander'
import color from 'picocolors'

export class UsageError extends Error {}

/** What a served generator answered, or that it did not. */
export class ServedError extends Error {
  readonly isBadInput: boolean

  constructor(message: string, isBadInput: boolean) {
    super(message)
    this.isBadInput = isBadInput
  }
}

/** Their messages are for people. */
const SAY_IT_ALL = [
  UsageError,
  ServedError,
  ScenarioError,
  TargetError,
  TrafficProblem,
  ClusterError,
  PaymentClientError,
]

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof UsageError || error instanceof ScenarioError) return 2
  return error instanceof ServedError && error.isBadInput ? 2 : 1
}

/** Undefined where it has been said: commander does that itself. */
export function messageOf(error: unknown): string | undefined {
  return error instanceof CommanderError ? undefined : `${color.red('✖')} ${describe(error)}`
}

function describe(error: unknown): string {
  if (SAY_IT_ALL.some((kind) => error instanceof kind)) {
    const { message, cause } = error as Error
    const root = rootOf(cause)
    return root === undefined ? message : `${message}: ${root}`
  }
  // The system's own, such as a port that is taken: its message says what.
  if (error instanceof Error && 'syscall' in error) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** The message of the error at the bottom, which names the address. */
function rootOf(cause: unknown): string | undefined {
  let root = cause
  while (root instanceof Error && root.cause !== undefined) root = root.cause
  // Node tries each address of a host: the error is of all of them, and says nothing itself.
  if (root instanceof AggregateError) root = root.errors[0]
  return root instanceof Error ? root.message : undefined
}
