/** Hand-written evidence, and the ledger that it is judged against: for tests. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { AccountState } from './account-book.ts'
import { judgeEvidence, type EvidenceVerdict } from './judge-evidence.ts'
import { keyOf, type LedgerView, type PostedEntry, type PostedPayment } from './ledger-view.ts'
import type { Offence, Rule } from './rules.ts'
import type { RunTimes } from './stray-payments.ts'

const codec = new IdCodec('a secret for tests, of 32 letters or more')
const CLIENT = 1
export const STARTED_AT_MS = 1_000_000
export const ENDED_AT_MS = 1_060_000

export const accountId = (name: string): string => codec.derive('acc', CLIENT, name)
export const paymentId = (name: string): string => codec.derive('pay', CLIENT, name)

/** What was asked for, or what the ledger has. */
export interface Payment {
  readonly id: string
  readonly source: string
  readonly destination: string
  readonly amount: number
}

/** A line of the record. */
export const accepted = (user: number, payment: Payment, seen = ''): string =>
  JSON.stringify({ ...payment, accepted_at_ms: STARTED_AT_MS + 1, user, seen })

export const seen = (user: number, account: string, answers: string): string =>
  JSON.stringify({ remark: 'seen', user, account, seen: answers })

export const unknown = ({ source, destination, amount }: Payment): string =>
  JSON.stringify({ remark: 'unknown', source, destination, amount })

export interface LedgerPayment extends Payment {
  readonly failure?: string
  readonly createdAtMs?: number
}

/** A ledger in memory, with what a posting would leave: the state before, then payments one by one. */
export class MemoryLedger implements LedgerView {
  readonly source = 'ledger'
  readonly chunk = 3
  readonly before = new Map<string, AccountState>()
  readonly #accounts = new Map<string, { posted: number; version: number; entries: PostedEntry[] }>()
  readonly #payments = new Map<string, PostedPayment>()

  constructor(accounts: Readonly<Record<string, AccountState>>) {
    for (const [id, state] of Object.entries(accounts)) {
      this.before.set(id, state)
      this.#accounts.set(id, { ...state, entries: [] })
    }
  }

  post({ failure, createdAtMs = STARTED_AT_MS + 1, ...payment }: LedgerPayment): this {
    const key = keyOf(payment.id)
    const sourceSeq = failure === undefined ? this.move(payment.source, payment.id, -payment.amount) : undefined
    if (failure === undefined) this.move(payment.destination, payment.id, payment.amount)
    const [source, destination] = [keyOf(payment.source), keyOf(payment.destination)]
    const { amount } = payment
    this.#payments.set(key, {
      ...{ key, source, destination, amount, createdAtMs, sourceSeq },
      failure: failure ?? null,
    })
    return this
  }

  /** One entry alone. @returns its sequence */
  move(account: string, payment: string, amount: number): number {
    const state = this.#accounts.get(account)
    if (state === undefined) throw new Error(`no account ${account}`)
    state.posted += amount
    state.version++
    state.entries.push({ seq: state.version, amount, payment })
    return state.version
  }

  payments(ids: readonly string[]): Promise<Map<string, PostedPayment>> {
    const keys = ids.map(keyOf)
    return Promise.resolve(new Map([...this.#payments].filter(([key]) => keys.includes(key))))
  }

  balances(accounts: readonly string[]): Promise<Map<string, AccountState>> {
    return Promise.resolve(new Map([...this.#accounts].filter(([id]) => accounts.includes(id))))
  }

  async *entriesAbove(account: string, seq: number): AsyncGenerator<PostedEntry> {
    yield* (this.#accounts.get(account)?.entries ?? []).filter((entry) => entry.seq > seq)
    await Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

export interface Judged extends EvidenceVerdict {
  /** The rules that were broken, by how often. */
  readonly broken: Readonly<Partial<Record<Rule, number>>>
  /** What the file of offences holds. */
  readonly written: readonly Offence[]
}

/** Judges lines as a record. */
export async function judgeLines(
  lines: readonly string[],
  ledger: MemoryLedger,
  times: Partial<RunTimes> = {},
): Promise<Judged> {
  const folder = mkdtempSync(join(tmpdir(), 'paycluster-evidence-'))
  try {
    const files = { record: join(folder, 'accepted.jsonl'), violations: join(folder, 'violations.jsonl') }
    writeFileSync(files.record, lines.map((line) => `${line}\n`).join(''))
    const run = { startedAtMs: STARTED_AT_MS, endedAtMs: ENDED_AT_MS, interrupted: 0, ...times }
    const verdict = await judgeEvidence(files, ledger, ledger.before, run)
    const broken = verdict.counts.filter(({ violations }) => violations > 0)
    return {
      ...verdict,
      broken: Object.fromEntries(broken.map(({ rule, violations }) => [rule, violations])),
      written: broken.length === 0 ? [] : readOffences(files.violations),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const readOffences = (path: string): Offence[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Offence)
