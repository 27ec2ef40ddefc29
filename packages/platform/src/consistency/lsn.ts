/** PostgreSQL's log positions: `16/B374D848` in text, 64 bits in comparisons. */
export type Lsn = bigint

const LSN_TEXT = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i

/**
 * Reads PostgreSQL's text form.
 *
 * @throws RangeError when the text is not a log position
 */
export function parseLsn(text: string): Lsn {
  const match = LSN_TEXT.exec(text)
  if (match === null) throw new RangeError('not a log position')
  return (BigInt(`0x${match[1] ?? ''}`) << 32n) | BigInt(`0x${match[2] ?? ''}`)
}

/** PostgreSQL's text form. */
export function formatLsn(lsn: Lsn): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`
}

export const maxLsn = (a: Lsn, b: Lsn): Lsn => (a > b ? a : b)
