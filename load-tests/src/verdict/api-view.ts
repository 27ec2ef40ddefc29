import { balanceSchema, entrySchema, pageSchema, paymentSchema, queuedPaymentSchema } from '@paycluster/contracts'
import { z } from 'zod'
import { ask } from '../target/ask.ts'
import { refusalOf } from '../target/refusal.ts'
import type { Target } from '../target/target.ts'
import type { AccountState } from './account-book.ts'
import { keyOf, type LedgerView, type PostedEntry, type PostedPayment } from './ledger-view.ts'

/** Requests at once. */
const CHUNK = 32
const PAGE_SIZE = 100
/** 200,000 entries of one account. */
const MAX_PAGES = 2_000
const NOT_FOUND = 404

// What is queued may have no more than an id yet.
const paymentAnswerSchema = z.union([paymentSchema, queuedPaymentSchema])
const entriesSchema = pageSchema(entrySchema)

/** Reads what the key's client may read. Its calls throw what {@link refusalOf} says. */
export function apiView({ url, apiKey }: Pick<Target, 'url' | 'apiKey'>): LedgerView {
  async function get<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const reply = await ask(url, apiKey, path)
    if (reply.status === NOT_FOUND) return undefined
    if (reply.status !== 200) throw refusalOf(url, reply)
    return schema.parse(reply.body)
  }

  async function payment(id: string): Promise<[string, PostedPayment][]> {
    const answer = await get(`/v1/payments/${id}`, paymentAnswerSchema)
    if (answer === undefined || answer.status === 'queued') return []
    const { source, destination, amount, failure, created_at } = answer
    const key = keyOf(id)
    const posted = {
      key,
      source: keyOf(source),
      destination: keyOf(destination),
      amount,
      failure: failure?.code ?? null,
      createdAtMs: Date.parse(created_at),
      sourceSeq: undefined,
    }
    return [[key, posted]]
  }

  async function balance(account: string): Promise<[string, AccountState][]> {
    const answer = await get(`/v1/accounts/${account}/balance`, balanceSchema)
    return answer === undefined ? [] : [[account, { posted: answer.posted, version: answer.version }]]
  }

  async function* entriesAbove(account: string, above: number): AsyncGenerator<PostedEntry> {
    let cursor: string | null = null
    for (let page = 0; page < MAX_PAGES; page++) {
      const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const answer = await get(`/v1/accounts/${account}/entries?limit=${PAGE_SIZE}${from}`, entriesSchema)
      for (const { seq, amount, payment_id } of answer?.data ?? []) {
        if (seq <= above) return
        yield { seq, amount, payment: payment_id }
      }
      cursor = answer?.next_cursor ?? null
      if (cursor === null) return
    }
  }

  return {
    source: 'API',
    chunk: CHUNK,
    payments: async (ids) => new Map((await Promise.all(ids.map(payment))).flat()),
    balances: async (accounts) => new Map((await Promise.all(accounts.map(balance))).flat()),
    entriesAbove,
    close: () => Promise.resolve(),
  }
}
