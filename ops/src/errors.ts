/** What went wrong, in one line, and the exit code: 1 when it could not be done, 2 when it was asked for wrongly. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { ApiError, AuthenticationError, NoAnswerError, UnexpectedAnswerError } from '@paycluster/client'
import { ClusterError } from '@paycluster/cluster/cluster-error'
import { AuditFault } from '@paycluster/platform/audit/verify-audit'
import { CommanderError } from 'commander'
import color from 'picocolors'

export class UsageError extends Error {}

/** What was done is not known to be in the ledger yet. */
export class QueuedError extends Error {
  constructor() {
    super('it is accepted, and the ledger does not have it yet: list, to see when it does')
  }
}

const BAD_INPUT: ReadonlySet<number> = new Set([400, 422])
/** Their messages are for people. */
const SAY_IT_ALL = [UsageError, QueuedError, ClusterError, AuditFault]

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof UsageError) return 2
  return error instanceof ApiError && BAD_INPUT.has(error.status) ? 2 : 1
}

/** Undefined where it has been said: commander does that itself. */
export function messageOf(error: unknown): string | undefined {
  return error instanceof CommanderError ? undefined : `${color.red('✖')} ${describe(error)}`
}

function describe(error: unknown): string {
  if (error instanceof AuthenticationError) return `the key is not taken: ${error.message}`
  if (error instanceof ApiError) {
    const fields = error.errors.map(({ pointer, detail }) => `${pointer} ${detail}`)
    return [error.message, ...fields].join('; ')
  }
  if (error instanceof NoAnswerError) {
    const root = rootOf(error)
    return `${error.message}: ${root}${root.includes('ECONNREFUSED') ? '. Does the cluster run? npm run cluster -- up' : ''}`
  }
  if (error instanceof UnexpectedAnswerError) return `something else is at this address: ${error.message}`
  if (SAY_IT_ALL.some((kind) => error instanceof kind)) return (error as Error).message
  if (isFileError(error)) return describeFile(error)
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function describeFile({ code, path = '', message }: NodeJS.ErrnoException): string {
  if (code === 'EISDIR') return 'it is a folder: a file is wanted'
  if (code !== 'ENOENT') return message
  return existsSync(dirname(path)) ? `there is no file ${path}` : `there is no folder ${dirname(path)}`
}

/** What the system says of a file: its message names it, and why. */
const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && /^E[A-Z]+$/.test(String((error as NodeJS.ErrnoException).code)) && 'syscall' in error

/** The error at the bottom, which names the address or the host. */
function rootOf(error: Error): string {
  let root: unknown = error
  while (root instanceof Error && root.cause !== undefined) root = root.cause
  // Node tries each address of a host: the error is of all of them, and says nothing itself.
  if (root instanceof AggregateError) root = root.errors[0]
  return root instanceof Error ? root.message : String(root)
}
