/** The bounds of a list's period in a form that PostgreSQL takes whatever the client wrote. */

/** PostgreSQL has no year 0, and five-digit years are written otherwise. */
const EARLIEST_MS = Date.parse('0001-01-01T00:00:00.000Z')
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * An instant in UTC with milliseconds, which is the ledger's precision.
 *
 * @param text  RFC 3339, any offset
 */
export function toInstant(text: string): string {
  return new Date(Math.min(LATEST_MS, Math.max(EARLIEST_MS, Date.parse(text)))).toISOString()
}

export interface Period {
  /** Included. */
  readonly from: string
  /** Excluded. */
  readonly to: string
}

/** The period of a list; open where it has no bound. */
export function toPeriod(filters: { readonly from?: string | undefined; readonly to?: string | undefined }): Period {
  return {
    from: filters.from === undefined ? '-infinity' : toInstant(filters.from),
    to: filters.to === undefined ? 'infinity' : toInstant(filters.to),
  }
}
