import { OPERATION_FAILURES, type Account, type OperationFailureCode, type ProblemCode } from '@paycluster/contracts'
import { HOUSE_CLIENT, houseAccount, readersOf } from '@paycluster/platform/ids/house-accounts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import { accessOutcome } from './access/access-outcomes.ts'
import type { BatchLimitChange } from './batch-command.ts'
import type { Applied } from './apply-decisions.ts'
import type {
  Decision,
  NewAccount,
  NewBankPayment,
  NewBlockChange,
  NewOperation,
  NewPayment,
  RefusedCommand,
  RepeatedBlockChange,
  RepeatedOperation,
  RepeatedPayment,
} from './decisions.ts'
import { isForBank } from './decisions.ts'
import { operationSequences, type LaidEntry } from './lay-entries.ts'
import { letterOutcome } from './letters/letter-outcomes.ts'
import type { Limits } from './limits/limit-state.ts'
import type { AccountRow, OperationRow, PaymentRow } from './ledger-state.ts'
import { newPaymentRow } from './new-payment-row.ts'
import { asAfter, asNew, refundAsNew, viewOfNewPayment, viewOfPayment, viewOfRefund } from './payment-view.ts'
import type {
  AccountOutcome,
  CommandOutcome,
  LimitOutcome,
  OperationOutcome,
  OutcomeProblem,
  PaymentOutcome,
  RefusedOutcome,
  TakenSequences,
} from './posted-batch.ts'

/** How an operation's failure is told to who waits for a capture or a cancellation. A refund's is in the refund. */
const PROBLEM_OF: Readonly<Record<OperationFailureCode, ProblemCode>> = {
  payment_not_capturable: 'payment_not_capturable',
  hold_expired: 'hold_expired',
  capture_exceeds_hold: 'capture_exceeds_hold',
  account_blocked: 'account_blocked',
  limit_exceeded: 'limit_exceeded',
  // Of refunds alone, which tell it themselves.
  payment_not_found: 'not_found',
  refund_not_permitted: 'forbidden',
  payment_not_refundable: 'payment_not_capturable',
  refund_exceeds_captured: 'payment_not_capturable',
  insufficient_funds: 'payment_not_capturable',
  bank_declined: 'payment_not_capturable',
  bank_unavailable: 'payment_not_capturable',
}

const REFUSALS: Readonly<Record<RefusedCommand['problem'], string>> = {
  not_found: 'There is no such payment or account.',
  forbidden: 'Only the owner of the account that was paid can refund the payment.',
  payment_queued: 'The payment is accepted and not posted yet: ask again.',
  payment_not_capturable: OPERATION_FAILURES.payment_not_capturable,
  overdraft_in_use: 'The account is further below zero than the overdraft that it is to have.',
}

/** Tells what the decisions of a batch came to, in the terms of the API. */
export class Outcomes {
  readonly #ids: IdCodec
  readonly #applied: Applied

  constructor(ids: IdCodec, applied: Applied) {
    this.#ids = ids
    this.#applied = applied
  }

  /** One outcome per decision, in the same order. */
  of(decisions: readonly Decision[]): CommandOutcome[] {
    const outcomes: CommandOutcome[] = []
    for (const decision of decisions) outcomes.push(this.#outcomeOf(decision, outcomes))
    return outcomes
  }

  #outcomeOf(decision: Decision, earlier: readonly CommandOutcome[]): CommandOutcome {
    switch (decision.kind) {
      case 'payment':
        return this.#ofNewPayment(decision)
      case 'bank payment':
        return this.#ofNewBankPayment(decision)
      case 'account':
        return ofNewAccount(decision)
      case 'operation':
        return this.#ofNewOperation(decision)
      case 'block change':
        return ofNewBlockChange(decision)
      case 'limit change':
        return ofLimitChange(decision.change, decision.limits, decision.after, decision.change.command.fingerprint)
      case 'repeated limit change': {
        const { change, row, account } = decision
        return ofLimitChange(change, row.limits, { ...account, revision: row.revision }, row.fingerprint)
      }
      case 'refused':
        return ofRefused(decision, this.#applied.atMs)
      case 'repeated payment':
        return this.#ofRepeatedPayment(decision)
      case 'repeated account':
        return {
          type: 'account',
          command: decision.account,
          change: 'created',
          account: viewOfAccount(decision.account.command.id, decision.row),
          owner: decision.row.client,
          isCurrent: true,
          fingerprint: decision.row.fingerprint,
        }
      case 'repeated operation':
        return this.#ofRepeatedOperation(decision)
      case 'repeated block change':
        return ofRepeatedBlockChange(decision)
      case 'access change':
      case 'idle access change':
      case 'repeated access change':
      case 'refused access change':
        return accessOutcome(decision, this.#applied.newClients, this.#applied.atMs)
      case 'letter change':
      case 'repeated letter change':
      case 'refused letter change':
        return letterOutcome(this.#ids, decision, this.#applied.atMs)
      case 'repeated in batch': {
        const first = earlier[decision.first]
        if (first === undefined) throw new Error('a repeated command has no first')
        return { ...first, command: decision.command }
      }
    }
  }

  #ofNewPayment(decision: NewPayment): PaymentOutcome {
    const { payment, counterparty } = decision
    const { client, source, destination, fingerprint } = payment.command
    return {
      type: 'payment',
      command: payment,
      payment: viewOfNewPayment(decision, this.#applied.atMs),
      owners: readersOf(client, counterparty),
      sequences: pair(source, destination, this.#applied.laid.get(decision)),
      isCurrent: true,
      fingerprint,
    }
  }

  #ofNewBankPayment(decision: NewBankPayment): PaymentOutcome {
    const { payment: command, counterparty } = decision
    const { id, client, fingerprint } = command.command
    const payment = viewOfPayment(this.#ids, id, newPaymentRow(decision, this.#applied.atMs))
    return {
      type: 'payment',
      command,
      payment,
      owners: readersOf(client, counterparty),
      sequences: pair(payment.source, payment.destination, this.#applied.laid.get(decision)),
      isCurrent: true,
      fingerprint,
    }
  }

  /** As it was when it was new: the events that the first time may not have published are those of that state. */
  #ofRepeatedPayment({ payment: command, row }: RepeatedPayment): PaymentOutcome {
    const payment = viewOfPayment(this.#ids, command.command.id, asNew(row))
    return {
      type: 'payment',
      command,
      payment,
      owners: readersOf(row.client, row.counterparty),
      sequences: taken(payment.source, row.sourceSeq, payment.destination, row.destinationSeq),
      isCurrent: row.version === 1,
      fingerprint: row.fingerprint,
    }
  }

  #ofNewOperation(decision: NewOperation): OperationOutcome {
    const { operation, operationKind, before, after, failure, amount, refund } = decision
    const { command } = operation
    const row: OperationRow = {
      payment: operation.payment,
      unknownPayment: null,
      kind: operationKind,
      failure,
      amount,
      reason: 'reason' in command ? (command.reason ?? null) : null,
      fingerprint: command.fingerprint,
      ...operationSequences(before, this.#applied.laid.get(decision)),
      paymentVersion: failure === null ? after.version : null,
      refunded: after.refunded,
      createdAtMs: command.created_at_ms,
      postedAtMs: this.#applied.atMs,
      settlement: isForBank(decision) ? 'processing' : null,
      settledAtMs: null,
    }
    return this.#ofOperation(command.fingerprint, operation, after, row, refund)
  }

  #ofRepeatedOperation({ operation, row, payment, refund }: RepeatedOperation): OperationOutcome {
    const after = asAfter(payment, row)
    return {
      ...this.#ofOperation(row.fingerprint, operation, after, refundAsNew(row), refund),
      isCurrent: after.version === payment.version,
    }
  }

  #ofOperation(
    fingerprint: string,
    command: NewOperation['operation'],
    after: PaymentRow,
    row: OperationRow,
    answered?: OperationRow,
  ): OperationOutcome {
    const { id, payment: paymentId } = command.command
    const payment = viewOfPayment(this.#ids, paymentId, after)
    const outcome = {
      type: 'operation',
      command,
      operation: row.kind,
      payment,
      owners: readersOf(after.client, after.counterparty),
      sequences: [
        ...taken(payment.source, row.sourceSeq, payment.destination, row.destinationSeq),
        ...this.#takenOfFees(after.currency, row.feeSeq),
      ],
      isCurrent: true,
      fingerprint,
    } as const
    if (row.kind === 'refund') return { ...outcome, refund: viewOfRefund(id, paymentId, after.currency, row) }
    if ('refund' in command.command && answered !== undefined)
      return { ...outcome, refund: viewOfRefund(command.command.refund, paymentId, after.currency, answered) }
    return row.failure === null ? outcome : { ...outcome, problem: problemOf(row.failure) }
  }

  #takenOfFees(currency: string, feeSeq: number | null): TakenSequences {
    if (feeSeq === null) return []
    return [[this.#ids.fromUuid('acc', houseAccount('fees', currency), HOUSE_CLIENT), feeSeq]]
  }
}

function ofNewAccount({ account }: NewAccount): AccountOutcome {
  const { command } = account
  return {
    type: 'account',
    command: account,
    change: 'created',
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
    isCurrent: true,
    fingerprint: command.fingerprint,
  }
}

function ofNewBlockChange({ change, after }: NewBlockChange): AccountOutcome {
  return ofBlockChange(change, after, change.command.fingerprint)
}

/** As the change left it. */
function ofRepeatedBlockChange({ change, row, account }: RepeatedBlockChange): AccountOutcome {
  const status = change.command.type === 'account.block' ? 'blocked' : 'active'
  const outcome = ofBlockChange(change, { ...account, status, revision: row.revision }, row.fingerprint)
  return { ...outcome, isCurrent: row.revision === account.revision }
}

function ofBlockChange(change: NewBlockChange['change'], row: AccountRow, fingerprint: string): AccountOutcome {
  const { type, account, reason } = change.command
  return {
    type: 'account',
    command: change,
    change: type === 'account.block' ? 'blocked' : 'unblocked',
    reason,
    account: viewOfAccount(account, row),
    owner: row.client,
    isCurrent: true,
    fingerprint,
  }
}

function ofLimitChange(
  change: BatchLimitChange,
  { overdraft, perPayment, perDay }: Limits,
  { currency, revision }: AccountRow,
  fingerprint: string,
): LimitOutcome {
  const { account, client, asked_by, reason } = change.command
  return {
    type: 'limits',
    command: change,
    limits: { account, currency, overdraft, per_payment: perPayment, per_day: perDay, revision },
    reason,
    askedBy: { client, key: asked_by },
    fingerprint,
  }
}

function ofRefused({ command, problem, refund }: RefusedCommand, atMs: number): RefusedOutcome {
  const outcome = {
    type: 'refused',
    command,
    problem: { code: problem, detail: REFUSALS[problem] },
    fingerprint: refund?.fingerprint ?? command.command.fingerprint,
  } as const
  if (refund === undefined || command.command.type !== 'refund.create') return outcome
  const { id, payment, amount = null, reason = null } = command.command
  const row = { ...refund, amount, reason, postedAtMs: refund.postedAtMs ?? atMs }
  return { ...outcome, refund: viewOfRefund(id, payment, null, row) }
}

const problemOf = (failure: OperationFailureCode): OutcomeProblem => ({
  code: PROBLEM_OF[failure],
  detail: OPERATION_FAILURES[failure],
})

const viewOfAccount = (id: string, row: AccountRow): Account => ({
  id,
  kind: row.kind,
  currency: row.currency,
  status: row.status,
  external_id: row.externalId,
  metadata: { ...row.metadata },
  created_at: isoTime(row.createdAtMs),
  revision: row.revision,
})

/** The sequences of a new payment's entries: a hold has one, on the source. */
function pair(source: string, destination: string, entries: readonly LaidEntry[] | undefined): TakenSequences {
  return taken(source, entries?.[0]?.seq ?? null, destination, entries?.[1]?.seq ?? null)
}

function taken(
  source: string,
  sourceSeq: number | null,
  destination: string,
  destinationSeq: number | null,
): TakenSequences {
  const sequences: (readonly [string, number])[] = []
  if (sourceSeq !== null) sequences.push([source, sourceSeq])
  if (destinationSeq !== null) sequences.push([destination, destinationSeq])
  return sequences
}
