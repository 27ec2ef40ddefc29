/** The cluster's own accounts, two a currency: the other side of what a bank moves, and what it takes as commission. */
import { createHash } from 'node:crypto'

/** Owns them. No key is this client's. */
export const HOUSE_CLIENT = 0

export const HOUSE_ROLES = ['clearing', 'fees'] as const
export type HouseRole = (typeof HOUSE_ROLES)[number]

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
