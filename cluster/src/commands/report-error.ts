import color from 'picocolors'
import { ClusterError } from '../cluster-error.ts'

/** Shows a fault: an expected one in one line with the way out, anything else with its stack. */
export function reportError(error: unknown): void {
  process.stderr.write(`${describe(error)}\n`)
}

function describe(error: unknown): string {
  if (!(error instanceof ClusterError)) {
    return `${color.red('✖')} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  }
  const context = error.context === undefined ? [] : [color.dim(error.context.replace(/^/gm, '    '))]
  const remedy = error.remedy === undefined ? [] : [`  → ${error.remedy.replaceAll('\n', '\n    ')}`]
  return [`${color.red('✖')} ${error.message}`, ...context, ...remedy].join('\n')
}
