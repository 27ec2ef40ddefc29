/** The cluster's own accounts, two a currency: the other side of what a bank moves, and what it takes as commission. */
import { createHash } from 'node:crypto'
import type { BankRail } from '@paycluster/contracts'

/** Owns them. No key is this client's. */
export const HOUSE_CLIENT = 0

export const HOUSE_ROLES = ['clearing', 'fees'] as const
export type HouseRole = (typeof HOUSE_ROLES)[number]

/** The owner of a payment's source: a bank pays from the cluster's own account. @param rail  null between accounts */
export const payerOf = (client: number, rail: BankRail | null): number =>
  rail === null || rail === 'withdrawal' ? client : HOUSE_CLIENT

/** Who may read a payment: the cluster's own client reads nothing. @param counterparty  null for a destination that is none */
export const readersOf = (client: number, counterparty: number | null): number[] =>
  counterparty === null || counterparty === HOUSE_CLIENT || counterparty === client ? [client] : [client, counterparty]

const known = new Map<string, string>()

/**
 * The same on every cluster, so that whoever needs one need not look it up.
 *
 * @param currency  ISO 4217 code
 * @returns the ledger's uuid, as 32 hexadecimal digits
 */
export function houseAccount(role: HouseRole, currency: string): string {
  const name = `${role} ${currency}`
  const found = known.get(name)
  if (found !== undefined) return found
  const uuid = createHash('sha256').update(`payment-cluster house account ${name}`).digest('hex').slice(0, 32)
  known.set(name, uuid)
  return uuid
}
