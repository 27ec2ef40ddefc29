/** Final payments by id: from the primary where it can be reached, from the API where only that can. */
import { paymentSchema, queuedPaymentSchema } from '@paycluster/contracts'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import { z } from 'zod'
import { ask } from '../target/ask.ts'
import { monitorPool } from '../target/monitor-pool.ts'
import { refusalOf } from '../target/refusal.ts'
import type { LocalCluster, Target } from '../target/target.ts'

export interface FinalPayment {
  readonly id: string
  readonly status: 'succeeded' | 'failed'
  /** A code, of a payment that failed. */
  readonly failure: string | null
  /** When it was accepted. */
  readonly createdAtMs: number
  /** When the ledger began to post it; its commit came after. */
  readonly postedAtMs: number
}

export interface PaymentLookup {
  /** What each answer is read from. */
  readonly source: 'ledger' | 'API'
  /** At once, at most. */
  readonly chunk: number
  /** Those of the given that are final. Rejected when nobody answers at present. */
  find(ids: readonly string[]): Promise<FinalPayment[]>
  close(): Promise<void>
}

const IDS_PER_QUERY = 5000
const IDS_PER_ROUND = 32
const timesSchema = paymentSchema.pick({ status: true, failure: true, created_at: true, completed_at: true })
// What is queued may have no more than an id yet.
const answerSchema = z.union([timesSchema, queuedPaymentSchema])
const STATEMENT_TIMEOUT_MS = 30_000

export function openLookup(target: Target): PaymentLookup {
  const { cluster } = target
  return cluster === undefined ? apiLookup(target) : ledgerLookup(cluster)
}

interface Row {
  ordinal: number
  status: 'succeeded' | 'failed'
  failure: string | null
  created_at_ms: number
  posted_at_ms: number
}

function ledgerLookup(cluster: LocalCluster): PaymentLookup {
  const pool = monitorPool(cluster, 'load', STATEMENT_TIMEOUT_MS)
  return {
    source: 'ledger',
    chunk: IDS_PER_QUERY,
    async find(ids) {
      const { rows } = await pool.query<Row>(
        `SELECT asked.ordinal::int, p.status, p.failure,
           (extract(epoch FROM p.created_at) * 1000)::float8 AS created_at_ms,
           (extract(epoch FROM p.posted_at) * 1000)::float8 AS posted_at_ms
         FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (id, ordinal) JOIN payments p USING (id)`,
        [ids.map(idToUuid)],
      )
      return rows.map(({ ordinal, status, failure, created_at_ms, posted_at_ms }) => ({
        id: ids[ordinal - 1] ?? '',
        status,
        failure,
        createdAtMs: created_at_ms,
        postedAtMs: posted_at_ms,
      }))
    },
    close: () => pool.end(),
  }
}

function apiLookup({ url, apiKey }: Target): PaymentLookup {
  const findOne = async (id: string): Promise<FinalPayment[]> => {
    const reply = await ask(url, apiKey, `/v1/payments/${id}`)
    if (reply.status !== 200) throw refusalOf(url, reply)
    const answer = answerSchema.parse(reply.body)
    if (answer.status !== 'succeeded' && answer.status !== 'failed') return []
    const { status, failure, created_at, completed_at } = answer
    if (completed_at === null) throw new Error(`${id} is ${status} and not completed`)
    const times = { createdAtMs: Date.parse(created_at), postedAtMs: Date.parse(completed_at) }
    return [{ id, status, failure: failure?.code ?? null, ...times }]
  }
  return {
    source: 'API',
    chunk: IDS_PER_ROUND,
    find: async (ids) => (await Promise.all(ids.map(findOne))).flat(),
    close: () => Promise.resolve(),
  }
}
