/**
 * What virtual users do: the settings that profiles share. Read by the runner (Node) and by the scripts (k6), so that
 * nothing in `workload/` and `profiles/` imports from either.
 */

/** What a shopper does at one turn. */
export const SHOPPER_OPERATIONS = ['balance', 'payment', 'statement', 'pay'] as const
export type ShopperOperation = (typeof SHOPPER_OPERATIONS)[number]

/**
 * Every request that is counted apart: a shopper's, `page` of a statement by its cursor, `poll` of a payment until it is
 * final, `read_back` of a balance with the payment's token.
 */
export const OPERATIONS = [...SHOPPER_OPERATIONS, 'page', 'poll', 'read_back'] as const
export type Operation = (typeof OPERATIONS)[number]

export type Mix = Readonly<Record<ShopperOperation, number>>

/** Which customer a user is: every customer equally often, or the first ones far more often than the last. */
export type CustomerSkew = { readonly kind: 'uniform' } | { readonly kind: 'zipf'; readonly exponent: number }

/** `traffic` of the payments go to the first `merchants` of the merchants; both are shares, 0 to 1. */
export interface MerchantSkew {
  readonly merchants: number
  readonly traffic: number
}

export interface Workload {
  /** Virtual users at once, at most; each keeps one connection. In the open model: requests in flight, at most. */
  readonly users: number
  /** Open model: turns that begin each second, at most, whatever has been answered. 0 in the closed one. */
  readonly ratePerS: number
  /** Users start one after the other, or arrivals grow, over this time. */
  readonly rampS: number
  /** After the ramp: JIT, caches and connections settle. Left out of the figures, as the ramp is. */
  readonly warmUpS: number
  /** What is measured. */
  readonly durationS: number
  /** Mean pause after each answer; drawn uniformly between half and one and a half of it. 0 in the open model. */
  readonly thinkS: number
  /** How often each operation comes among the sum of all. */
  readonly mix: Mix
  readonly customers: CustomerSkew
  readonly merchants: MerchantSkew
  /** In minor units, both included. */
  readonly amount: { readonly min: number; readonly max: number }
  /** Share of the reads whose body is parsed and compared; the others are checked by status and headers. */
  readonly checkShare: number
  /** Share of the balance reads that demand the user's own last state by Consistency-Token. */
  readonly tokenShare: number
}

/** What a run fails on. Undefined: not judged. */
export interface Thresholds {
  /** Share of all requests, warm-up included. */
  readonly failedRate: number
  readonly readP95Ms?: number
  readonly acceptP95Ms?: number
  /** Judged only when load and target are the profile's own. */
  readonly requestsPerS?: number
  readonly appliedP95Ms?: number
  /** A whole journey, its pauses left out. */
  readonly journeyP95Ms?: number
}
