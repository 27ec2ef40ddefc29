/**
 * Lays out the entries of a batch: which account gets which sequence and which balance after.
 *
 * In two halves around the update of the balances. Before it, the batch knows the net effect per account; after it, the
 * update has said where each account stood, and every entry's sequence and balance follow by counting on from there.
 */
import { houseAccount } from '@paycluster/platform/ids/house-accounts'
import type { MovingDecision } from './decisions.ts'
import type { Leg } from './leg.ts'
import type { OperationRow, PaymentRow, Uuid } from './ledger-state.ts'

/** The net effect of a batch on one account. */
export interface NetEffect {
  readonly account: Uuid
  /** Signed minor units. */
  delta: number
  held: number
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
  readonly leg: Leg
  readonly seq: number
  readonly balanceAfter: number
  readonly heldAfter: number
  readonly createdAtMs: number
}

/** The entries of each decision that moves something, in the order of its legs; decisions in the order of the batch. */
export type LaidEntries = ReadonlyMap<MovingDecision, readonly LaidEntry[]>

/**
 * The net effects of decisions, in account order: the order in which rows are locked.
 *
 * @throws RangeError when a net effect passes what is exact; a smaller batch holds it
 */
export function netEffects(moving: readonly MovingDecision[]): NetEffect[] {
  const effects = new Map<Uuid, NetEffect>()
  for (const { legs } of moving) for (const leg of legs) add(effects, leg)
  return [...effects.values()].sort((a, b) => (a.account < b.account ? -1 : 1))
}

function add(effects: Map<Uuid, NetEffect>, { account, amount, held }: Leg): void {
  const effect = effects.get(account)
  if (effect === undefined) {
    effects.set(account, { account, delta: amount, held, entries: 1 })
    return
  }
  effect.delta += amount
  effect.held += held
  effect.entries += 1
  if (!Number.isSafeInteger(effect.delta) || !Number.isSafeInteger(effect.held))
    throw new RangeError('the net effect of the batch is not exact')
}

/**
 * The entries of decisions that move something.
 *
 * @param effects  from {@link netEffects}
 * @param updated  in the order of `effects`
 */
export function layEntries(
  moving: readonly MovingDecision[],
  effects: readonly NetEffect[],
  updated: readonly UpdatedBalance[],
): LaidEntries {
  const cursors = new Map<Uuid, { seq: number; balance: number; held: number; readonly atMs: number }>()
  effects.forEach((effect, index) => {
    const balance = updated[index]
    if (balance === undefined) throw new Error('an updated account is missing')
    cursors.set(effect.account, {
      seq: balance.version - effect.entries,
      balance: balance.posted - effect.delta,
      held: balance.held - effect.held,
      atMs: balance.updatedAtMs,
    })
  })
  const lay = (leg: Leg): LaidEntry => {
    const cursor = cursors.get(leg.account)
    if (cursor === undefined) throw new Error('an entry has no account')
    cursor.seq += 1
    cursor.balance += leg.amount
    cursor.held += leg.held
    return { leg, seq: cursor.seq, balanceAfter: cursor.balance, heldAfter: cursor.held, createdAtMs: cursor.atMs }
  }
  return new Map(moving.map((decision) => [decision, decision.legs.map(lay)] as const))
}

/** The sequences that an operation took of its payment's accounts, and of that for commissions; null where it took none. */
export function operationSequences(
  { source, destination, currency, bank }: PaymentRow,
  entries: readonly LaidEntry[] | undefined,
): Pick<OperationRow, 'sourceSeq' | 'destinationSeq' | 'feeSeq'> {
  const seqOn = (account: Uuid) => entries?.find(({ leg }) => leg.account === account)?.seq ?? null
  return {
    sourceSeq: seqOn(source),
    destinationSeq: seqOn(destination),
    feeSeq: bank === null ? null : seqOn(houseAccount('fees', currency)),
  }
}
