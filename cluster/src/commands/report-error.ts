import color from 'picocolors'
import { ClusterError } from '../cluster-error.ts'

/** Shows a fault: an expected one in one line with the way out, anything else with its stack. */
export function reportError(error: unknown): void {
  process.stderr.write(`${describe(error)}\n`)
}

/** What keeps this user from a file is told by Node's own line, which names it. */
const DENIED = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'])

function describe(error: unknown): string {
  if (isDenied(error)) {
    return `${color.red('✖')} ${error.message}\n  → run it as the user who started the cluster, and see that stateDir is right`
  }
  if (!(error instanceof ClusterError)) {
    return `${color.red('✖')} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  }
  const context = error.context === undefined ? [] : [color.dim(error.context.replace(/^/gm, '    '))]
  const remedy = error.remedy === undefined ? [] : [`  → ${error.remedy.replaceAll('\n', '\n    ')}`]
  return [`${color.red('✖')} ${error.message}`, ...context, ...remedy].join('\n')
}

const isDenied = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'path' in error && 'code' in error && DENIED.has(String(error.code))
