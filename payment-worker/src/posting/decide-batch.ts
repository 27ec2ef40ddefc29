/**
 * Decides every command of a batch in arrival order, in memory.
 *
 * Pure: the same commands and state give the same decisions. A declined payment consumes no funds, so that a later,
 * smaller one may pass; a credit is available to the debits behind it in the same batch, as if they had been posted one
 * by one.
 */
import { MAX_AMOUNT_MINOR } from '@paycluster/contracts'
import { decideAccessChange } from './access/decide-access-change.ts'
import type { BatchAccount, BatchBlockChange, BatchCommand, BatchPayment } from './batch-command.ts'
import { decideAtomic } from './decide-atomic.ts'
import { decideBankPayment } from './bank/decide-bank-payment.ts'
import { decideOperation } from './decide-operation.ts'
import { decidePayment } from './decide-payment.ts'
import type { Decision } from './decisions.ts'
import { decideLimitChange } from './limits/decide-limit-change.ts'
import type { AccountRow, LedgerState, Uuid } from './ledger-state.ts'
import { RunningLedger, type LedgerRules } from './running-ledger.ts'

/** What the cluster's own accounts may go down to: they stand for the world outside. */
export const SYSTEM_MIN_AVAILABLE = -MAX_AMOUNT_MINOR

/**
 * @param commands  in the order of the log; amounts in minor units
 * @param state  as read within the batch's transaction
 * @param atMs  the time of the batch, in milliseconds of the epoch
 * @returns one decision per command, in the same order
 */
export function decideBatch(
  commands: readonly BatchCommand[],
  state: LedgerState,
  rules: LedgerRules,
  atMs: number,
): Decision[] {
  const ledger = new RunningLedger(state, rules, atMs)
  const seen = new Map<Uuid, number>()
  const decisions: Decision[] = []
  while (decisions.length < commands.length) {
    const index = decisions.length
    const command = commands[index]
    if (command === undefined) break
    const first = seen.get(command.id)
    if (first !== undefined) {
      decisions.push({ kind: 'repeated in batch', command, first })
      continue
    }
    const group = atomicGroupAt(commands, index)
    for (const [offset, { id }] of (group ?? [command]).entries()) seen.set(id, index + offset)
    if (group === undefined) decisions.push(decide(ledger, command))
    else decisions.push(...decideAtomic(ledger, group))
  }
  return decisions
}

/** The payments of an atomic batch that begins here. */
function atomicGroupAt(commands: readonly BatchCommand[], from: number): BatchPayment[] | undefined {
  const [first] = commands.slice(from, from + 1)
  if (first?.type !== 'payment' || first.atomic === undefined) return undefined
  const group: BatchPayment[] = []
  for (let index = from; index < commands.length; index++) {
    const command = commands[index]
    if (command?.type !== 'payment' || command.atomic !== first.atomic) break
    group.push(command)
  }
  return group
}

function decide(ledger: RunningLedger, command: BatchCommand): Decision {
  switch (command.type) {
    case 'payment':
      return decidePayment(ledger, command)
    case 'bank payment':
      return decideBankPayment(ledger, command)
    case 'account':
      return decideAccount(ledger, command)
    case 'operation':
      return decideOperation(ledger, command)
    case 'block change':
      return decideBlockChange(ledger, command)
    case 'limit change':
      return decideLimitChange(ledger, command)
    case 'access change':
      return decideAccessChange(ledger.access, command, ledger.atMs)
    case 'letter change':
      return ledger.letters.decide(command)
  }
}

function decideAccount(ledger: RunningLedger, account: BatchAccount): Decision {
  const row = ledger.state.accounts.get(account.id)
  if (row !== undefined) return { kind: 'repeated account', account, row: ledger.accountOf(account.id) ?? row }
  ledger.addAccount(account, account.command.kind === 'system' ? SYSTEM_MIN_AVAILABLE : 0)
  return { kind: 'account', account }
}

/** Only the owner may. Blocking what is blocked, or unblocking what is not, is done already. */
function decideBlockChange(ledger: RunningLedger, change: BatchBlockChange): Decision {
  const before = ledger.accountOf(change.account)
  if (before?.client !== change.command.client) return { kind: 'refused', command: change, problem: 'not_found' }
  const row = ledger.state.blockChanges.get(change.id)
  if (row !== undefined) return { kind: 'repeated block change', change, row, account: before }
  const status = change.command.type === 'account.block' ? 'blocked' : 'active'
  const after: AccountRow = before.status === status ? before : { ...before, status, revision: before.revision + 1 }
  ledger.setAccount(change.account, after)
  return { kind: 'block change', change, after }
}
