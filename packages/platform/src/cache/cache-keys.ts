/** The keys of the versioned cache. Ids in them are the API's, so that a reader needs no translation. */

/** A balance. Version: the account's. */
export const balanceKey = (accountId: string): string => `bal:${accountId}`

/** An account without its balance. Version: the account's revision. */
export const accountKey = (accountId: string): string => `acc:${accountId}`

/** A payment. Version: the payment's. */
export const paymentKey = (paymentId: string): string => `pay:${paymentId}`

/** A refund. Version: the refund's. */
export const refundKey = (refundId: string): string => `ref:${refundId}`

/** An account's newest entries. Version: the account's; valid only while no newer balance is known. */
export const newestEntriesKey = (accountId: string): string => `ent:${accountId}`

/** The page of a statement below a sequence. It never changes; version: `beforeSeq`. */
export const olderPageKey = (accountId: string, beforeSeq: number, limit: number): string =>
  `pag:${accountId}:${beforeSeq}:${limit}`
