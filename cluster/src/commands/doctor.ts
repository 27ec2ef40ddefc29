import type { Command } from 'commander'

export function registerDoctor(program: Command): void {
  program.command('doctor').description('what is missing, misconfigured or unhealthy, and how to mend it')
}
