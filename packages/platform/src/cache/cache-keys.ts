/** The keys of the versioned cache. Ids in them are the API's, so that a reader needs no translation. */

/** A balance. Version: the account's. */
export const balanceKey = (accountId: string): string => `bal:${accountId}`

/** An account without its balance. Version: the account's revision. */
export const accountKey = (accountId: string): string => `acc:${accountId}`

/** A payment. Version: the payment's. */
export const paymentKey = (paymentId: string): string => `pay:${paymentId}`

/** The newest page of a statement. Version: the account's; valid only while the balance has the same one. */
export const newestPageKey = (accountId: string, limit: number): string => `stm:${accountId}:${limit}`

/** The page of a statement below a sequence. It never changes; version: `beforeSeq`. */
export const olderPageKey = (accountId: string, beforeSeq: number, limit: number): string =>
  `pag:${accountId}:${beforeSeq}:${limit}`
