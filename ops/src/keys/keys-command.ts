import { LIMIT_TIERS, SCOPES, type CreateKeyBody, type Scope } from '@paycluster/contracts'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { connect } from '../connection.ts'
import { QueuedError } from '../errors.ts'
import { isJson, limitOption, pageSizeOf, printJson, printList, printTable } from '../output.ts'
import { parseClient } from '../parse-client.ts'
import { WAIT_S } from '../wait.ts'
import { KEY_COLUMNS, printIssued } from './print-keys.ts'

interface CreateOptions {
  readonly client: number
  readonly scopes: Scope[]
  readonly expires?: string
  readonly signed?: true
  readonly tier?: NonNullable<CreateKeyBody['limit_tier']>
}

/** `ops keys create | list | rotate | revoke`. */
export function registerKeys(ops: Command): void {
  const keys = ops.command('keys').description('API keys: what their clients may do, and for how long')
  registerCreate(keys)
  registerList(keys)
  keys
    .command('rotate')
    .description('give a key another secret: the old one works for 10 s at most')
    .argument('<id>')
    .action(async (id: string, _options: unknown, command: Command) => {
      printIssued(command, await connect(command).keys.rotate(id, { waitS: WAIT_S }))
    })
  keys
    .command('revoke')
    .description('end a key for ever: it works for 10 s at most')
    .argument('<id>')
    .option('--reason <text>', 'is recorded')
    .action(async (id: string, { reason }: { reason?: string }, command: Command) => {
      const revocation = reason === undefined ? {} : { reason }
      const revoked = await connect(command).keys.revoke(id, revocation, { waitS: WAIT_S })
      if (isJson(command)) printJson(revoked)
      if (revoked.status === 'queued') throw new QueuedError()
      if (!isJson(command)) printTable(KEY_COLUMNS, [revoked])
    })
}

function registerCreate(keys: Command): void {
  keys
    .command('create')
    .description('make a key: its secrets are shown once')
    .requiredOption('--client <id>', 'whose key it will be', parseClient)
    .requiredOption('--scopes <list>', `separated by commas: ${SCOPES.join(', ')}`, parseScopes)
    .option('--expires <time>', 'when it stops working: 2027-11-27T00:00:00Z')
    .option('--signed', 'every write has to be signed')
    .addOption(new Option('--tier <tier>', 'how many requests a second it may make').choices(LIMIT_TIERS))
    .action(async ({ client, scopes, expires, signed, tier }: CreateOptions, command: Command) => {
      const body: CreateKeyBody = {
        client_id: client,
        scopes,
        ...(expires === undefined ? {} : { expires_at: expires }),
        ...(signed === undefined ? {} : { signature_required: signed }),
        ...(tier === undefined ? {} : { limit_tier: tier }),
      }
      printIssued(command, await connect(command).keys.create(body, { waitS: WAIT_S }))
    })
}

function registerList(keys: Command): void {
  keys
    .command('list')
    .description('keys, newest first, also those that work no more')
    .option('--client <id>', 'of this client alone', parseClient)
    .addOption(limitOption())
    .action(async ({ client, limit }: { client?: number; limit: number }, command: Command) => {
      const filter = { limit: pageSizeOf(limit), ...(client === undefined ? {} : { client_id: client }) }
      await printList(command, connect(command).keys.list(filter), KEY_COLUMNS, limit)
    })
}

function parseScopes(text: string): Scope[] {
  return text.split(',').map((name) => {
    const scope = SCOPES.find((known) => known === name.trim())
    if (scope === undefined) throw new InvalidArgumentError(`there is no scope ${name}: ${SCOPES.join(', ')}`)
    return scope
  })
}
