/**
 * A day of the bank's against tasks and ledger.
 *
 *     read the file, keep its lines ─▶ lines without a key by the bank's id ─▶ lines against payments, a part at a time
 *       ─▶ lines that are there twice ─▶ payments without a line ─▶ lines of other days whose payments were late
 *
 * Days are UTC's, and the bank's clock is not ours. So a payment of which we learned near the end of a day is asked for on
 * the next one's statement, too, before it is missing: what is looked for on a day is what we learned from the grace before
 * it to the grace before its end. A line whose payment is still under way here is none for as long, and is looked at again.
 */
import { HOUSE_CLIENT } from '@paycluster/platform/ids/house-accounts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { Clock } from '@paycluster/platform/clock'
import { isoTime } from '@paycluster/platform/iso-time'
import { DAY_MS, dayAfter, startOf } from '../day.ts'
import type { OpenDifference } from '../differences/difference-store.ts'
import type { Finding } from '../differences/finding.ts'
import type { Checked, RunContext } from '../runs/check.ts'
import {
  coveredFrom,
  movementOf,
  type DuplicateRow,
  type LateRow,
  type LineRow,
  type MissingRow,
  type Movement,
  type StatementStore,
} from './statement-store.ts'

/** A part of the lines, and of the day: a statement of some ten milliseconds each. */
const LINES_AT_ONCE = 10_000
const SLICE_MS = 15 * 60_000

export interface StatementComparisonParts {
  readonly store: StatementStore
  readonly ids: IdCodec
  readonly clock: Clock
  readonly graceMs: number
  /** Lets pass what goes first. */
  readonly pause: (signal: AbortSignal) => Promise<void>
}

export interface StatementWatermark {
  /** The last day up to which the statements since the first are compared for good. */
  readonly through: string | null
}

export class StatementComparison {
  readonly #parts: StatementComparisonParts

  constructor(parts: StatementComparisonParts) {
    this.#parts = parts
  }

  /** @param day  of the run, whose lines are kept already */
  async check(context: RunContext, day: string): Promise<Checked> {
    const { run, findings, signal } = context
    const { store, clock, graceMs, pause } = this.#parts
    const nowMs = clock.now()
    const dueMs = nowMs - graceMs
    const [startMs, endMs] = [startOf(day), startOf(day) + DAY_MS]
    await store.findByBankId(run.id, startMs - DAY_MS, endMs + DAY_MS)
    const { line: last, lines } = await store.extent(run.id)
    for (let after = 0; after < last; after += LINES_AT_ONCE) {
      await pause(signal)
      signal.throwIfAborted()
      const differing = await store.differing(run.id, after, after + LINES_AT_ONCE, dueMs)
      findings.add(...differing.flatMap((row) => this.#ofLine(row, day, dueMs)))
    }
    const duplicates = await store.duplicates(run.id, day, findings.room + 1)
    findings.add(...duplicates.map((row) => this.#ofDuplicate(row, day)))

    const days = (await store.days()).filter((known) => known.day !== day)
    const covered = coveredFrom(days, day)
    // A payment that was asked for before the first statement may have been on one that nobody compared.
    const askedAfterMs = startOf(covered) + (covered === day ? graceMs : -graceMs)
    const toMs = Math.min(endMs - graceMs, dueMs)
    for (let fromMs = startMs - graceMs; fromMs < toMs; fromMs += SLICE_MS) {
      signal.throwIfAborted()
      const slice = { fromMs, toMs: Math.min(fromMs + SLICE_MS, toMs), askedAfterMs }
      findings.add(
        ...(await store.missing(run.id, day, slice, findings.room + 1)).map((row) => this.#ofMissing(row, day)),
      )
    }
    const late = await store.late(day, dueMs, findings.room + 1)
    findings.add(...late.map((row) => this.#ofLate(row)))
    return {
      checked: lines,
      isRechecked: await this.#recheck(context, day),
      watermark: this.#through(context.watermark, [...days, { day, is_final: nowMs >= endMs }]),
    }
  }

  /** Of this day all; of other days what a line that came later, or an end that came later, has settled. */
  async #recheck({ run, open }: RunContext, day: string): Promise<(difference: OpenDifference) => boolean> {
    const elsewhere = open.filter((difference) => difference.day !== day)
    const movements = elsewhere.flatMap(({ subject }) => movementOf(subject) ?? [])
    const settled = new Map((await this.#parts.store.settled(run.id, movements)).map((row) => [hex(row.id), row]))
    return (difference) => {
      if (difference.day === day) return true
      const row = settled.get(movementOf(difference.subject) ?? '')
      if (difference.kind === 'missing') return row?.has_line === true
      return difference.kind === 'state_differs' && row?.has_succeeded === true
    }
  }

  /** @param days  with this one */
  #through(before: unknown, days: readonly { readonly day: string; readonly is_final: boolean }[]): StatementWatermark {
    const final = new Set(days.filter(({ is_final }) => is_final).map(({ day }) => day))
    let through = throughOf(before) ?? [...final].sort()[0] ?? null
    while (through !== null && final.has(dayAfter(through))) through = dayAfter(through)
    return { through }
  }

  #ofLine(row: LineRow, day: string, dueMs: number): Finding[] {
    const { line, bank_id, amount, currency, status, known_type, known_bank_id } = row
    const where = `${bank_id} in line ${line}`
    if (known_type === null)
      return [
        {
          kind: 'extra',
          subject: `bank ${bank_id}`,
          day,
          found: `${row.type} of ${amount} ${currency}, ${where}, under the key ${JSON.stringify(row.idempotency_key)}`,
        },
      ]
    const about = { ...this.#about(row), day }
    const findings: Finding[] = []
    if (amount !== row.known_amount)
      findings.push({
        ...about,
        kind: 'amount_differs',
        expected: `${row.known_amount ?? ''} ${row.known_currency ?? ''}`,
        found: `${amount} ${currency}, ${where}`,
      })
    if (currency !== row.known_currency)
      findings.push({
        ...about,
        kind: 'currency_differs',
        expected: row.known_currency ?? '',
        found: `${currency}, ${where}`,
      })
    if (row.type !== known_type)
      findings.push({ ...about, kind: 'rail_differs', expected: known_type, found: `${row.type}, ${where}` })
    if (status === 'failed' || (status === 'processing' && row.settled_at.getTime() < dueMs))
      findings.push(stateDiffers(about, status, row))
    if (row.answer === 'settled' && known_bank_id !== null && known_bank_id !== bank_id)
      findings.push({ ...about, kind: 'bank_id_differs', expected: known_bank_id, found: where })
    return findings
  }

  #ofLate(row: LateRow): Finding {
    return stateDiffers({ ...this.#about(row), day: row.day }, row.status, row)
  }

  #ofMissing(row: MissingRow, day: string): Finding {
    const { known_amount, currency, kind, known_bank_id } = row
    const bankId = known_bank_id === null ? '' : `, ${known_bank_id}`
    return {
      kind: 'missing',
      ...this.#about(row),
      day,
      expected: `${kind} of ${known_amount} ${currency}${bankId}, known since ${isoTime(row.answered_at.getTime())}`,
      found: 'no line',
    }
  }

  #ofDuplicate(row: DuplicateRow, day: string): Finding {
    const { bank_id, lines, numbers, other_day } = row
    const found = `${lines} lines${other_day === null ? '' : ` with that of ${other_day}`}: ${numbers.join(', ')}`
    if (row.id === null) return { kind: 'duplicate', subject: `bank ${bank_id}`, day, expected: 'one line', found }
    const about = this.#about({ ...row, account_id: null, account_owner: null })
    return { kind: 'duplicate', ...about, day, expected: 'one line', found }
  }

  /** What a difference is about, as the API writes it. */
  #about(movement: Pick<LineRow, keyof Movement>): { subject: string; paymentId: string; accountId?: string } {
    const { ids } = this.#parts
    const { id, is_refund, owner, payment_id, client_id, account_id, account_owner } = movement
    if (id === null || owner === null || payment_id === null || client_id === null)
      throw new Error('a line of a payment without its payment')
    const paymentId = ids.fromUuid('pay', payment_id, client_id)
    const subject = is_refund === true ? ids.fromUuid('ref', id, owner) : paymentId
    if (account_id === null || account_owner === null || account_owner === HOUSE_CLIENT) return { subject, paymentId }
    return { subject, paymentId, accountId: ids.fromUuid('acc', account_id, account_owner) }
  }
}

function stateDiffers(
  about: { subject: string; paymentId: string; accountId?: string; day: string },
  status: string,
  { bank_id, line, amount, currency, settled_at }: LateRow | LineRow,
): Finding {
  const found = `settled at ${isoTime(settled_at.getTime())}: ${amount} ${currency}, ${bank_id} in line ${line}`
  return { ...about, kind: 'state_differs', expected: status, found }
}

const hex = (uuid: string): string => uuid.replaceAll('-', '')

export const throughOf = (watermark: unknown): string | null =>
  (watermark as StatementWatermark | undefined)?.through ?? null
