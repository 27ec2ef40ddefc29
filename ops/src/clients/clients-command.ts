import type { Client } from '@paycluster/contracts'
import type { Command } from 'commander'
import { connect } from '../connection.ts'
import { QueuedError } from '../errors.ts'
import { isJson, limitOption, pageSizeOf, printJson, printList, printTable, type Column } from '../output.ts'
import { WAIT_S } from '../wait.ts'
import { registerTerms } from './terms-command.ts'

const COLUMNS: readonly Column<Client>[] = [
  { heading: 'ID', of: ({ id }) => id },
  { heading: 'NAME', of: ({ name }) => name },
  { heading: 'CREATED', of: ({ created_at }) => created_at },
]

/** `ops clients create | list | terms | set-terms`. */
export function registerClients(ops: Command): void {
  const clients = ops.command('clients').description('whoever holds keys and accounts')
  clients
    .command('create')
    .description('make a client')
    .argument('<name>', 'its own: no two clients have one name')
    .action(async (name: string, _options: unknown, command: Command) => {
      const made = await connect(command).clients.create({ name }, { waitS: WAIT_S })
      if (isJson(command)) printJson(made)
      if ('status' in made) throw new QueuedError()
      if (!isJson(command)) printTable(COLUMNS, [made])
    })
  clients
    .command('list')
    .description('all clients, newest first')
    .addOption(limitOption())
    .action(async ({ limit }: { limit: number }, command: Command) => {
      await printList(command, connect(command).clients.list({ limit: pageSizeOf(limit) }), COLUMNS, limit)
    })
  registerTerms(clients)
}
