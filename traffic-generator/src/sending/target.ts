/** The cluster that a run is sent to, with what it takes to do so. */
import { readFileSync } from 'node:fs'
import { PaymentClient } from '@paycluster/client'
import { z } from 'zod'
import type { Cast } from '../planning/cast.ts'

/** Of the demonstration, and of accounts that are looked for. */
const CURRENCY = 'USD'
/** Accounts that take part, of each kind: some 50 bytes each. */
const MAX_ACCOUNTS = 10_000
/** As many as are looked through for those, a page of 100 a request. */
const MAX_LISTED = 20_000
const PAGE_SIZE = 100
const LIST_TIMEOUT_MS = 10_000

export interface Target {
  /** Of the gateway. */
  readonly url: string
  /** Of the accounts' owner: pays, reads, refunds, blocks. */
  readonly apiKey: string
  readonly cast: Cast
}

/** There is nobody to send to, or nobody who could take part. */
export class TargetError extends Error {}

const demoSchema = z.object({
  url: z.string(),
  apiKey: z.string(),
  merchants: z.array(z.string()),
  customers: z.array(z.string()),
})

/**
 * The cluster of a demonstration.
 *
 * @param path  what `npm run cluster -- up` writes as `.cluster/demo.json`
 * @param url  where its gateway is from here; that of the file by default
 * @throws TargetError while there is no such file
 */
export function demoTarget(path: string, url?: string): Target {
  const demo = demoSchema.safeParse(readJson(path))
  if (!demo.success) throw new TargetError(`${path} is no demonstration's`)
  const { apiKey, customers, merchants } = demo.data
  return {
    url: url ?? demo.data.url,
    apiKey,
    cast: {
      currency: CURRENCY,
      customers: customers.slice(0, MAX_ACCOUNTS),
      merchants: merchants.slice(0, MAX_ACCOUNTS),
    },
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown
  } catch (error) {
    throw new TargetError(`there are no keys and accounts yet: ${error instanceof Error ? error.message : path}`)
  }
}

/**
 * Any cluster, and the active accounts of a key's client.
 *
 * @throws TargetError when it has none · PaymentClientError
 */
export async function listedTarget(url: string, apiKey: string): Promise<Target> {
  const client = new PaymentClient({ url, apiKey, timeoutMs: LIST_TIMEOUT_MS, retries: { maxAttempts: 2 } })
  const found = { customer: [] as string[], merchant: [] as string[] }
  let listed = 0
  for await (const { id, kind, currency, status } of client.accounts.list({ limit: PAGE_SIZE })) {
    if (kind !== 'system' && currency === CURRENCY && status === 'active' && found[kind].length < MAX_ACCOUNTS)
      found[kind].push(id)
    if ((listed += 1) >= MAX_LISTED) break
  }
  if (found.customer.length < 2 || found.merchant.length === 0)
    throw new TargetError(`the key's client has too few active accounts in ${CURRENCY}: two customers and a merchant`)
  return { url, apiKey, cast: { currency: CURRENCY, customers: found.customer, merchants: found.merchant } }
}
