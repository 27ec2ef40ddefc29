/** What a batch came to, for those who publish it. Ids are the API's again, amounts minor units. */
import type {
  Account,
  AccountLimits,
  Client,
  ClientTerms,
  DeadLetter,
  Entry,
  Key,
  OperationKind,
  Payment,
  ProblemCode,
  Refund,
} from '@paycluster/contracts'
import { HOUSE_CLIENT, houseAccount, payerOf } from '@paycluster/platform/ids/house-accounts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import type { AskedBy } from './access/access-state.ts'
import type { BatchCommand } from './batch-command.ts'
import type { Decision } from './decisions.ts'
import type { CommitPosition } from './ledger-transaction.ts'
import type { LaidEntries } from './lay-entries.ts'
import type { PaymentRow, Uuid } from './ledger-state.ts'
import type { LetterRow } from './letters/letter-state.ts'
import { newPaymentRow } from './new-payment-row.ts'

/** Why a command did nothing, for who waits for it. */
export interface OutcomeProblem {
  readonly code: ProblemCode
  readonly detail: string
}

/** The sequence that was taken of each account. Empty when nothing of it changed. */
export type TakenSequences = readonly (readonly [accountId: string, sequence: number])[]

/** A payment as its command left it. */
export interface PaymentOutcome {
  readonly type: 'payment'
  readonly command: BatchCommand
  readonly payment: Payment
  /** The owners of source and destination; one where they are the same or the destination is nobody's. */
  readonly owners: readonly number[]
  readonly sequences: TakenSequences
  /** False for a state that the ledger has moved on from since: no cache may show it. */
  readonly isCurrent: boolean
  /** Of the body that the ledger holds. */
  readonly fingerprint: string
}

/** An account that is in the ledger. */
export interface AccountOutcome {
  readonly type: 'account'
  readonly command: BatchCommand
  readonly account: Account
  readonly owner: number
  /** What was done to it. */
  readonly change: 'created' | 'blocked' | 'unblocked'
  readonly reason?: string
  readonly isCurrent: boolean
  /** Of the body that the ledger holds. */
  readonly fingerprint: string
}

/** An operation on a payment, and the payment as it left it. */
export interface OperationOutcome {
  readonly type: 'operation'
  readonly command: BatchCommand
  readonly operation: OperationKind
  readonly payment: Payment
  readonly owners: readonly number[]
  readonly sequences: TakenSequences
  readonly isCurrent: boolean
  /** Of a refund, failed ones included. */
  readonly refund?: Refund
  /** Why a capture or a cancellation failed: the payment is as it was. */
  readonly problem?: OutcomeProblem
  /** Of the body that the ledger holds. */
  readonly fingerprint: string
}

/** What an account may spend, as a change left it. */
export interface LimitOutcome {
  readonly type: 'limits'
  readonly command: BatchCommand
  readonly limits: AccountLimits
  readonly reason: string
  readonly askedBy: AskedBy
  /** Of the body that the ledger holds. */
  readonly fingerprint: string
}

/** A command that changed nothing, because who asked may not, or asked too early. */
export interface RefusedOutcome {
  readonly type: 'refused'
  readonly command: BatchCommand
  readonly problem: OutcomeProblem
  /** Of a refund: as it failed. */
  readonly refund?: Refund
  readonly fingerprint: string
}

/** A client or a key as a change left it. */
export interface AccessOutcome {
  readonly type: 'access'
  readonly command: BatchCommand
  /** What was asked for: the type of the event. */
  readonly change: 'client.created' | 'client.terms_changed' | 'key.created' | 'key.rotated' | 'key.revoked'
  /** False for what was so already. */
  readonly hasChanged: boolean
  readonly object: Client | ClientTerms | Key
  /** The number of the client that it is about, or whose key that is. */
  readonly client: number
  /** For who made the secret; in no event. Absent where the key has another one since. */
  readonly secretHash?: string
  readonly reason?: string
  readonly askedBy: AskedBy
  /** When the ledger recorded it. */
  readonly atMs: number
  /** Of the body that the ledger holds. */
  readonly fingerprint: string
}

/** A dead letter as a replay or a discard left it. */
export interface LetterOutcome {
  readonly type: 'letter'
  readonly command: BatchCommand
  readonly letter: DeadLetter
  /** As it was, with its bytes. */
  readonly origin: LetterRow
  /** Of the body that the ledger holds. */
  readonly fingerprint: string
}

export type CommandOutcome =
  PaymentOutcome | AccountOutcome | OperationOutcome | LimitOutcome | AccessOutcome | LetterOutcome | RefusedOutcome

/** Whether a bank has to answer before it is final. */
export const waitsForBank = (outcome: CommandOutcome): boolean =>
  (outcome.type === 'payment' && outcome.payment.status === 'processing') ||
  (outcome.type === 'operation' && outcome.refund?.status === 'processing')

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

/**
 * The newest entries that a batch gave to its accounts, newest first, `most` of each at most.
 *
 * @param laid  in the order of the batch
 */
export function newestEntriesOf(laid: LaidEntries, most: number): ReadonlyMap<Uuid, readonly Entry[]> {
  const newest = new Map<Uuid, Entry[]>()
  for (const entries of [...laid.values()].reverse()) {
    // The last leg first: of two entries in one account it is the later one.
    for (const { leg, seq, balanceAfter, heldAfter, createdAtMs } of entries.toReversed()) {
      const known = newest.get(leg.account)
      if (known !== undefined && known.length >= most) continue
      const entry: Entry = {
        seq,
        payment_id: leg.paymentId,
        kind: leg.kind,
        amount: leg.amount,
        balance_after: balanceAfter,
        // Undefined members are not written.
        pending_amount: leg.held || undefined,
        pending_after: heldAfter || undefined,
        created_at: isoTime(createdAtMs),
      }
      if (known === undefined) newest.set(leg.account, [entry])
      else known.push(entry)
    }
  }
  return newest
}

/**
 * The ids of the accounts that a batch names, by the ledger's uuid.
 *
 * @param isIdOf  whether an account has this id: whoever pays may name a destination by an id with another owner's tag
 */
export function accountIdsOf(
  ids: IdCodec,
  decisions: readonly Decision[],
  isIdOf: (account: Uuid, id: string) => boolean,
): Map<Uuid, string> {
  const named = new Map<Uuid, string>()
  const name = (account: Uuid, id: string): void => {
    if (!named.has(account) && isIdOf(account, id)) named.set(account, id)
  }
  const nameThoseOf = (row: PaymentRow): void => {
    const { client, source, destination, counterparty, currency, bank } = row
    if (!named.has(source)) named.set(source, ids.fromUuid('acc', source, payerOf(client, bank?.rail ?? null)))
    if (bank !== null) {
      const fees = houseAccount('fees', currency)
      named.set(fees, ids.fromUuid('acc', fees, HOUSE_CLIENT))
    }
    if (counterparty !== null && !named.has(destination))
      named.set(destination, ids.fromUuid('acc', destination, counterparty))
  }
  for (const decision of decisions) {
    switch (decision.kind) {
      case 'payment': {
        const { source, destination, command } = decision.payment
        name(source, command.source)
        name(destination, command.destination)
        break
      }
      case 'bank payment':
        nameThoseOf(newPaymentRow(decision, 0))
        break
      case 'repeated payment':
        nameThoseOf(decision.row)
        break
      case 'account':
      case 'repeated account':
        name(decision.account.id, decision.account.command.id)
        break
      case 'operation':
        nameThoseOf(decision.before)
        break
      case 'repeated operation':
        nameThoseOf(decision.payment)
        break
      case 'limit change':
      case 'repeated limit change':
      case 'block change':
      case 'repeated block change':
        name(decision.change.account, decision.change.command.account)
        break
      // They name what others do, or nothing that they may know.
      case 'repeated in batch':
      case 'refused':
        break
      // Of no account.
      case 'access change':
      case 'idle access change':
      case 'repeated access change':
      case 'refused access change':
      case 'letter change':
      case 'repeated letter change':
      case 'refused letter change':
        break
    }
  }
  return named
}
