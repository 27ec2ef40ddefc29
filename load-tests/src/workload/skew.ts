/** Who acts and who is paid. Pure: the draws are given, 0 ≤ draw < 1. */
import type { CustomerSkew, MerchantSkew } from './workload.ts'

/**
 * The customer that a user is.
 *
 * Zipf by the inverse of its continuous form, k^-s on 1…n: no table of n weights in each of 3000 users.
 *
 * @param user  numbered from 1
 * @param count  customers, at least 1
 * @returns an index from 0
 */
export function customerOf(user: number, count: number, skew: CustomerSkew, draw: number): number {
  if (skew.kind === 'uniform') return (user - 1) % count
  const { exponent } = skew
  const reach = count + 1
  const rank =
    Math.abs(exponent - 1) < 1e-9 ? reach ** draw : ((reach ** (1 - exponent) - 1) * draw + 1) ** (1 / (1 - exponent))
  return Math.min(count, Math.floor(rank)) - 1
}

/** How many of `count` merchants are the hot ones: at least one, as long as any traffic is theirs. */
export const hotMerchants = (count: number, skew: MerchantSkew): number =>
  skew.traffic === 0 ? 0 : Math.min(count, Math.max(1, Math.round(count * skew.merchants)))

/**
 * The merchant that a payment goes to.
 *
 * @param toHot  decides whether it is one of the hot ones
 * @param draw  picks one of those
 * @returns an index from 0
 */
export function merchantOf(count: number, skew: MerchantSkew, toHot: number, draw: number): number {
  const hot = hotMerchants(count, skew)
  if (toHot < skew.traffic || hot === count) return Math.floor(draw * hot)
  return hot + Math.floor(draw * (count - hot))
}
