/**
 * An amount in the currency's own unit: `-12.50` for -1250 minor units of one with two decimals.
 *
 * @param exponent  decimals of the currency, 0 for one without minor units
 */
export function decimalAmount(minorUnits: number | bigint, exponent: number): string {
  const amount = BigInt(minorUnits)
  const digits = String(amount < 0n ? -amount : amount).padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  const sign = amount < 0n ? '-' : ''
  return exponent === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-exponent)}`
}
