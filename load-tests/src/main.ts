/** `npm run load -- <profile>`, `npm run bench -- <name>` and `npm run size`. */
import { reportError } from '@paycluster/cluster/commands/report-error'
import { Command } from 'commander'
import color from 'picocolors'
import { registerBench } from './bench/bench-command.ts'
import { registerLoad } from './load-command.ts'
import { LoadError } from './load-error.ts'
import { registerSize } from './sizing/size-command.ts'

// Commands and their subcommands may have options of the same name: each is that of the command before it.
const program = new Command('npm run').description('Load profiles, benches, sizing.').enablePositionalOptions()
registerLoad(program)
registerBench(program)
registerSize(program)

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof LoadError) {
    const remedy = error.remedy === undefined ? '' : `\n  → ${error.remedy}`
    process.stderr.write(`${color.red('✖')} ${error.message}${remedy}\n`)
  } else reportError(error)
  process.exitCode = 1
}
// A command that has ended has nothing left to wait for, whatever a client library keeps open.
process.exit()
