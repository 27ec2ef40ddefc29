import type { ValueTransformer } from 'typeorm'

/**
 * PostgreSQL's bigint as a JavaScript number. The driver hands it over as text; every bigint of ours stops at 2^53-1:
 * money by its domain, versions and offsets by what a disk can hold.
 */
export const safeInteger: ValueTransformer = {
  to: (value: unknown) => value,
  from: (text: string | null) => {
    if (text === null) return null
    const value = Number(text)
    if (!Number.isSafeInteger(value)) throw new RangeError('a bigint of the ledger lies beyond 2^53-1')
    return value
  },
}
