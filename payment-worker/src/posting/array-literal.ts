/**
 * PostgreSQL array literals (https://www.postgresql.org/docs/18/arrays.html#ARRAYS-IO). A batch's parameters are two
 * dozen arrays of hundreds of values: joined text costs node 5–8 µs a payment, the driver's own conversion three times
 * that.
 */

/** Values that need no quoting: numbers, digits, uuids, enum labels, currency codes. */
export function plainArray(values: readonly (string | number | null)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`
}

/** Text of any content. */
export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : `"${escape(value)}"`)).join(',')}}`
}

/** Hexadecimal digits as bytea. */
export function byteaArray(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : `"\\\\x${value}"`)).join(',')}}`
}

const escape = (text: string): string => text.replace(/["\\]/g, '\\$&')
