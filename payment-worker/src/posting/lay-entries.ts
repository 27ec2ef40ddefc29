/**
 * Lays out the entries of a batch: which account gets which sequence and which balance after.
 *
 * In two halves around the update of the balances. Before it, the batch knows the net effect per account; after it, the
 * update has said where each account stood, and every entry's sequence and balance follow by counting on from there.
 */
import type { BatchPayment } from './batch-command.ts'
import type { NewPayment } from './decide-batch.ts'
import type { Uuid } from './ledger-state.ts'

/** The net effect of a batch on one account. */
export interface NetEffect {
  readonly account: Uuid
  /** Signed minor units. */
  delta: number
  /** Entries that the account gets. */
  entries: number
}

/** Where the update left one account. */
export interface UpdatedBalance {
  readonly posted: number
  readonly held: number
  readonly version: number
  readonly updatedAtMs: number
}

export interface LaidEntry {
  readonly account: Uuid
  readonly seq: number
  readonly payment: Uuid
  /** The payment's client. */
  readonly client: number
  readonly amount: number
  readonly balanceAfter: number
  readonly createdAtMs: number
}

/** The two entries of one payment: debit, then credit. */
export type PaymentEntries = readonly [debit: LaidEntry, credit: LaidEntry]

/**
 * The net effects of payments that move money, in account order: the order in which rows are locked.
 *
 * @throws RangeError when a net effect passes what is exact; a smaller batch holds it
 */
export function netEffects(payments: readonly NewPayment[]): NetEffect[] {
  const effects = new Map<Uuid, NetEffect>()
  const add = (account: Uuid, amount: number): void => {
    const effect = effects.get(account)
    if (effect === undefined) effects.set(account, { account, delta: amount, entries: 1 })
    else {
      effect.delta += amount
      effect.entries += 1
      if (!Number.isSafeInteger(effect.delta)) throw new RangeError('the net effect of the batch is not exact')
    }
  }
  for (const { payment } of payments) {
    add(payment.source, -payment.command.amount)
    add(payment.destination, payment.command.amount)
  }
  return [...effects.values()].sort((a, b) => (a.account < b.account ? -1 : 1))
}

/**
 * The entries of payments that moved money, in the order of the payments.
 *
 * @param effects  from {@link netEffects}
 * @param updated  in the order of `effects`
 */
export function layEntries(
  payments: readonly NewPayment[],
  effects: readonly NetEffect[],
  updated: readonly UpdatedBalance[],
): PaymentEntries[] {
  const cursors = new Map<Uuid, { seq: number; balance: number; readonly atMs: number }>()
  effects.forEach((effect, index) => {
    const balance = updated[index]
    if (balance === undefined) throw new Error('an updated account is missing')
    cursors.set(effect.account, {
      seq: balance.version - effect.entries,
      balance: balance.posted - effect.delta,
      atMs: balance.updatedAtMs,
    })
  })
  const lay = (account: Uuid, { id, command }: BatchPayment, amount: number): LaidEntry => {
    const cursor = cursors.get(account)
    if (cursor === undefined) throw new Error('an entry has no account')
    cursor.seq += 1
    cursor.balance += amount
    const { seq, balance: balanceAfter, atMs: createdAtMs } = cursor
    return { account, seq, payment: id, client: command.client, amount, balanceAfter, createdAtMs }
  }
  return payments.map(({ payment }) => [
    lay(payment.source, payment, -payment.command.amount),
    lay(payment.destination, payment, payment.command.amount),
  ])
}
