/** Every command. A new one: a file in commands/ that registers itself here. */
import { Command } from 'commander'
import { registerCluster } from './commands/cluster.ts'
import { registerDoctor } from './commands/doctor.ts'
import { reportError } from './commands/report-error.ts'
import { endOnClosedOutput } from './process/closed-output.ts'
import { registerStart } from './commands/start.ts'
import { registerTest } from './commands/test.ts'
import { registerVerify } from './verify/register-verify.ts'

const program = new Command('npm run').description('The payment cluster, run natively on this machine.')

/** They have something to put in order. */
const OUTLIVE_THEIR_OUTPUT = ['start', 'supervise']
program.hook('preAction', (_program, action) => {
  if (!OUTLIVE_THEIR_OUTPUT.includes(action.name())) endOnClosedOutput()
})

registerStart(program)
registerCluster(program)
registerDoctor(program)
registerVerify(program)
registerTest(program)

try {
  await program.parseAsync()
} catch (error) {
  reportError(error)
  process.exitCode ??= 1
}
// A command that has ended has nothing left to wait for, whatever a client library keeps open.
process.exit()
