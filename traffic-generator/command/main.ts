/** `npm run traffic -- <what>`: runs scenarios in the foreground, or on a served generator. */
import { endOnClosedOutput } from '@paycluster/cluster/process/closed-output'
import { Command } from 'commander'
import { exitCodeOf, messageOf } from './errors.ts'
import { registerCheck } from './check-command.ts'
import { registerRun } from './run-command.ts'
import { registerServe } from './serve-command.ts'
import { registerServed } from './served-commands.ts'

endOnClosedOutput()
const program = new Command('npm run').exitOverride()
const traffic = program.command('traffic').description('scenarios of payments and fraud, over the public API')

registerRun(traffic)
registerServe(traffic)
registerServed(traffic)
registerCheck(traffic)

try {
  await program.parseAsync()
} catch (error) {
  const message = messageOf(error)
  if (message !== undefined) process.stderr.write(`${message}\n`)
  process.exitCode = exitCodeOf(error)
}
