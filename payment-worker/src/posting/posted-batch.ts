/** What a batch came to, for those who publish it. Ids are the API's again, amounts minor units. */
import { FAILURES, type Account, type Entry, type Payment } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import type { BatchAccount, BatchCommand, BatchPayment } from './batch-command.ts'
import type { NewPayment } from './decide-batch.ts'
import type { CommitPosition } from './ledger-transaction.ts'
import type { PaymentEntries } from './lay-entries.ts'
import type { AccountRow, PaymentRow, Uuid } from './ledger-state.ts'

/** A payment in its final state. */
export interface PaymentOutcome {
  readonly type: 'payment'
  readonly command: BatchCommand
  readonly payment: Payment
  /** The owners of source and destination; one where they are the same or the destination is nobody's. */
  readonly owners: readonly number[]
  /** The sequence that the payment took of each account. Empty when no money moved. */
  readonly sequences: readonly (readonly [accountId: string, sequence: number])[]
  /** Of the body that the ledger holds. */
  readonly fingerprint: string
}

/** An account that is in the ledger. */
export interface AccountOutcome {
  readonly type: 'account'
  readonly command: BatchCommand
  readonly account: Account
  readonly owner: number
  /** Of the body that the ledger holds. */
  readonly fingerprint: string
}

export type CommandOutcome = PaymentOutcome | AccountOutcome

/** Whether the ledger has the command's id with another body: the outcome's object is then the original one. */
export const isConflict = ({ command, fingerprint }: CommandOutcome): boolean =>
  command.command.fingerprint !== fingerprint

/** An account's balance as of the batch's commit. */
export interface BatchBalance {
  readonly accountId: string
  readonly owner: number
  readonly currency: string
  readonly posted: number
  readonly held: number
  readonly version: number
  /** How many entries the batch gave the account. */
  readonly added: number
  /** The newest of them, newest first: as many as the cache holds, at most. */
  readonly newest: readonly Entry[]
}

/** A batch that is in the ledger. */
export interface PostedBatch {
  readonly position: CommitPosition
  /** One per command, in the same order. */
  readonly outcomes: readonly CommandOutcome[]
  /** Of every account that the batch touched or repeated. */
  readonly balances: readonly BatchBalance[]
}

/** The outcome of a payment that this batch posted or declined. */
export function outcomeOfNewPayment(
  { payment, failure, counterparty }: NewPayment,
  entries: PaymentEntries | undefined,
  postedAtMs: number,
): PaymentOutcome {
  const { command } = payment
  return {
    type: 'payment',
    command: payment,
    payment: {
      id: command.id,
      status: failure === null ? 'succeeded' : 'failed',
      source: command.source,
      destination: command.destination,
      amount: command.amount,
      currency: command.currency,
      reference: command.reference ?? null,
      description: command.description ?? null,
      metadata: command.metadata ?? {},
      failure: failure === null ? null : { code: failure, detail: FAILURES[failure] },
      created_at: isoTime(command.created_at_ms),
      completed_at: isoTime(postedAtMs),
      version: 1,
    },
    owners: ownersOf(command.client, counterparty),
    sequences:
      entries === undefined
        ? []
        : [
            [command.source, entries[0].seq],
            [command.destination, entries[1].seq],
          ],
    fingerprint: command.fingerprint,
  }
}

/** The outcome of a payment that the ledger had already, as the ledger has it. */
export function outcomeOfRepeatedPayment(ids: IdCodec, command: BatchPayment, row: PaymentRow): PaymentOutcome {
  const source = ids.fromUuid('acc', row.source, row.client)
  const destination = row.unknownDestination ?? ids.fromUuid('acc', row.destination, row.counterparty ?? 0)
  return {
    type: 'payment',
    command,
    payment: {
      id: command.command.id,
      status: row.status,
      source,
      destination,
      amount: row.amount,
      currency: row.currency,
      reference: row.reference,
      description: row.description,
      metadata: { ...row.metadata },
      failure: row.failure === null ? null : { code: row.failure, detail: FAILURES[row.failure] },
      created_at: isoTime(row.createdAtMs),
      completed_at: isoTime(row.postedAtMs),
      version: row.version,
    },
    owners: ownersOf(row.client, row.counterparty),
    sequences:
      row.sourceSeq === null || row.destinationSeq === null
        ? []
        : [
            [source, row.sourceSeq],
            [destination, row.destinationSeq],
          ],
    fingerprint: row.fingerprint,
  }
}

/** The outcome of an account that this batch opened. */
export function outcomeOfNewAccount(account: BatchAccount): AccountOutcome {
  const { command } = account
  return {
    type: 'account',
    command: account,
    account: {
      id: command.id,
      kind: command.kind,
      currency: command.currency,
      status: 'active',
      external_id: command.external_id ?? null,
      metadata: command.metadata ?? {},
      created_at: isoTime(command.created_at_ms),
      revision: 1,
    },
    owner: command.client,
    fingerprint: command.fingerprint,
  }
}

/** The outcome of an account that the ledger had already. */
export function outcomeOfRepeatedAccount(account: BatchAccount, row: AccountRow): AccountOutcome {
  return {
    type: 'account',
    command: account,
    account: {
      id: account.command.id,
      kind: row.kind,
      currency: row.currency,
      status: row.status,
      external_id: row.externalId,
      metadata: { ...row.metadata },
      created_at: isoTime(row.createdAtMs),
      revision: row.revision,
    },
    owner: row.client,
    fingerprint: row.fingerprint,
  }
}

/**
 * The newest entries that payments gave to their accounts, newest first, `most` of each at most.
 *
 * @param laid  the entries of payments that moved money, in the order of their posting
 */
export function newestEntriesOf(
  laid: ReadonlyMap<NewPayment, PaymentEntries>,
  most: number,
): ReadonlyMap<Uuid, readonly Entry[]> {
  const newest = new Map<Uuid, Entry[]>()
  for (const [{ payment }, entries] of [...laid].reverse()) {
    // Credit before debit: the later of two entries in one account would be the credit.
    for (const { account, seq, amount, balanceAfter, createdAtMs } of [entries[1], entries[0]]) {
      const known = newest.get(account)
      if (known !== undefined && known.length >= most) continue
      const entry: Entry = {
        seq,
        payment_id: payment.command.id,
        kind: 'payment',
        amount,
        balance_after: balanceAfter,
        created_at: isoTime(createdAtMs),
      }
      if (known === undefined) newest.set(account, [entry])
      else known.push(entry)
    }
  }
  return newest
}

/**
 * The ids of the accounts that a batch's commands name, by the ledger's uuid.
 *
 * @param isIdOf  whether an account has this id: whoever pays may name a destination by an id with another owner's tag
 */
export function accountIdsOf(
  commands: readonly BatchCommand[],
  isIdOf: (account: Uuid, id: string) => boolean,
): Map<Uuid, string> {
  const ids = new Map<Uuid, string>()
  const name = (account: Uuid, id: string): void => {
    if (!ids.has(account) && isIdOf(account, id)) ids.set(account, id)
  }
  for (const command of commands) {
    if (command.type === 'account') name(command.id, command.command.id)
    else {
      name(command.source, command.command.source)
      name(command.destination, command.command.destination)
    }
  }
  return ids
}

const ownersOf = (client: number, counterparty: number | null): number[] =>
  counterparty === null || counterparty === client ? [client] : [client, counterparty]
