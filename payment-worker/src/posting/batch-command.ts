import type { AccountCommand, Command, PaymentCommand } from '@paycluster/contracts'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import type { Uuid } from './ledger-state.ts'

/** A payment to post, with its ids translated once. */
export interface BatchPayment {
  readonly type: 'payment'
  readonly command: PaymentCommand
  readonly id: Uuid
  readonly source: Uuid
  readonly destination: Uuid
}

/** An account to open. */
export interface BatchAccount {
  readonly type: 'account'
  readonly command: AccountCommand
  readonly id: Uuid
}

/** A command as a batch works on it. */
export type BatchCommand = BatchPayment | BatchAccount

/** Translates a command's ids into the ledger's. */
export function toBatchCommand(command: Command): BatchCommand {
  const id = idToUuid(command.id)
  if (command.type === 'account.create') return { type: 'account', command, id }
  return {
    type: 'payment',
    command,
    id,
    source: idToUuid(command.source),
    destination: idToUuid(command.destination),
  }
}
