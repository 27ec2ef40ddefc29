/** The statements of accounts' limits within a batch's transaction: sent only for a batch that changes some. */
import { isoTime } from '@paycluster/platform/iso-time'
import { loadText } from '@paycluster/platform/load-text'
import { byteaArray, plainArray, textArray } from '../array-literal.ts'
import type { BatchLimitChange } from '../batch-command.ts'
import type { NewLimitChange } from '../decisions.ts'
import type { Row } from '../ledger-rows.ts'
import type { LedgerTransaction } from '../ledger-transaction.ts'
import type { AccountRow, Uuid } from '../ledger-state.ts'
import type { LimitChangeRow, Limits } from './limit-state.ts'

const READ_LIMIT_CHANGES = { name: 'read-limit-changes', text: loadText(import.meta.url, './read-limit-changes.sql') }
const APPLY_LIMITS = { name: 'apply-limits', text: loadText(import.meta.url, './apply-limits.sql') }

/** The column `limits`. */
interface LimitsJson {
  readonly overdraft: number
  readonly per_payment: number | null
  readonly per_day: number | null
}

export async function readLimitChanges(
  transaction: LedgerTransaction,
  changes: readonly BatchLimitChange[],
): Promise<Map<Uuid, LimitChangeRow>> {
  const rows = await transaction.run(READ_LIMIT_CHANGES, [plainArray(changes.map(({ id }) => id))])
  return new Map(rows.map((row) => [changes[Number(row[0]) - 1]?.id ?? '', toRow(row)] as const))
}

/**
 * Each account once, in its last state.
 *
 * @param accounts  as they were read
 * @returns whether none of them was changed meanwhile
 */
export async function applyLimits(
  transaction: LedgerTransaction,
  changes: readonly NewLimitChange[],
  accounts: ReadonlyMap<Uuid, AccountRow>,
  atMs: number,
): Promise<boolean> {
  const last = new Map(changes.map((decision) => [decision.change.account, decision] as const))
  const changed = [...last].sort(([a], [b]) => (a < b ? -1 : 1))
  const commands = changes.map(({ change }) => change.command)
  const rows = await transaction.run(APPLY_LIMITS, [
    plainArray(changed.map(([id]) => id)),
    plainArray(changed.map(([id]) => accounts.get(id)?.revision ?? 1)),
    plainArray(changed.map(([, { after }]) => after.revision)),
    plainArray(changed.map(([, { limits }]) => -limits.overdraft)),
    plainArray(changed.map(([, { limits }]) => limits.perPayment)),
    plainArray(changed.map(([, { limits }]) => limits.perDay)),
    plainArray(changes.map(({ change }) => change.id)),
    plainArray(changes.map(({ change }) => change.account)),
    plainArray(commands.map(({ client }) => client)),
    textArray(commands.map(({ asked_by }) => asked_by)),
    textArray(commands.map(({ reason }) => reason)),
    textArray(changes.map(({ limits }) => JSON.stringify(toJson(limits)))),
    byteaArray(commands.map(({ fingerprint }) => fingerprint)),
    plainArray(changes.map(({ after }) => after.revision)),
    plainArray(commands.map(({ created_at_ms }) => isoTime(created_at_ms))),
    isoTime(atMs),
  ])
  return Number(rows[0]?.[0]) === changed.length
}

const toJson = ({ overdraft, perPayment, perDay }: Limits): LimitsJson => ({
  overdraft,
  per_payment: perPayment,
  per_day: perDay,
})

function toRow([, fingerprint, limits, revision]: Row): LimitChangeRow {
  const { overdraft, per_payment, per_day } = limits as LimitsJson
  return {
    fingerprint: String(fingerprint),
    limits: { overdraft, perPayment: per_payment, perDay: per_day },
    revision: Number(revision),
  }
}
