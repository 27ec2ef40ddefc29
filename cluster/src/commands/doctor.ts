import type { Command } from 'commander'
import color from 'picocolors'
import { examine, type Examination } from '../doctor/examine.ts'
import type { Finding } from '../doctor/check.ts'
import { loadSettings } from '../settings/load-settings.ts'

/** `npm run doctor`: exit code 1 when something is wrong; warnings are not. */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('what is missing, misconfigured or unhealthy, and the command that mends it')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: true }) => {
      const examination = await examine(loadSettings())
      process.stdout.write(`${json === true ? JSON.stringify(examination, null, 2) : toText(examination)}\n`)
      if (examination.findings.some((finding) => finding.level === 'fault')) process.exitCode = 1
    })
}

const MARKS = { ok: color.green('✔'), warning: color.yellow('!'), fault: color.red('✖') }

function toText({ running, findings }: Examination): string {
  const count = (level: Finding['level']): number => findings.filter((finding) => finding.level === level).length
  const [faults, warnings] = [count('fault'), count('warning')]
  const watched =
    warnings === 0 ? '' : ` ${warnings} ${warnings === 1 ? 'thing is' : 'things are'} to be looked at (!).`
  return [
    running ? 'The cluster is running.' : 'The cluster is not running.',
    ...findings.map(lineOf),
    faults === 0 ? `Nothing is wrong.${watched}` : `${faults} ${faults === 1 ? 'thing is' : 'things are'} wrong.`,
  ].join('\n')
}

function lineOf({ what, level, detail, remedy }: Finding): string {
  const line = `${MARKS[level]} ${what}: ${detail.replaceAll('\n', '\n    ')}`
  return remedy === undefined ? line : `${line}\n    → ${remedy}`
}
