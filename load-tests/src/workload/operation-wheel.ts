import { SHOPPER_OPERATIONS, type Mix, type ShopperOperation } from './workload.ts'

/**
 * The operations of one round, spread as evenly as their weights allow (smooth weighted round-robin, as Nginx balances
 * upstreams). A wheel and no dice: the mix is exact at any duration, and every user pays once a round.
 *
 * @param mix  whole weights of 0 or more, not all 0
 */
export function operationWheel(mix: Mix): ShopperOperation[] {
  const total = SHOPPER_OPERATIONS.reduce((sum, operation) => sum + mix[operation], 0)
  const credit: Record<ShopperOperation, number> = { balance: 0, payment: 0, statement: 0, pay: 0 }
  return Array.from({ length: total }, () => {
    for (const operation of SHOPPER_OPERATIONS) credit[operation] += mix[operation]
    const next = SHOPPER_OPERATIONS.reduce((best, operation) => (credit[operation] > credit[best] ? operation : best))
    credit[next] -= total
    return next
  })
}
