/** `npm run ops -- <what> <to do>`: operates a cluster by its API. A new command: a folder that registers itself here. */
import { endOnClosedOutput } from '@paycluster/cluster/process/closed-output'
import { Command } from 'commander'
import { registerAccounts } from './accounts/accounts-command.ts'
import { registerAnalytics } from './analytics/analytics-command.ts'
import { registerAlerts } from './alerts/alerts-command.ts'
import { registerAudit } from './audit/audit-command.ts'
import { registerClients } from './clients/clients-command.ts'
import { registerCluster } from './cluster/cluster-command.ts'
import { addConnectionOptions } from './connection.ts'
import { registerDeadLetters } from './dead-letters/dlq-command.ts'
import { exitCodeOf, messageOf } from './errors.ts'
import { registerKeys } from './keys/keys-command.ts'
import { registerReconciliation } from './reconciliation/reconcile-command.ts'

endOnClosedOutput()
const program = new Command('npm run').exitOverride()
const ops = addConnectionOptions(program.command('ops').description('operate a cluster by its API'))

registerAccounts(ops)
registerAnalytics(ops)
registerAlerts(ops)
registerAudit(ops)
registerClients(ops)
registerCluster(ops)
registerDeadLetters(ops)
registerKeys(ops)
registerReconciliation(ops)

try {
  await program.parseAsync()
} catch (error) {
  const message = messageOf(error)
  if (message !== undefined) process.stderr.write(`${message}\n`)
  process.exitCode = exitCodeOf(error)
}
