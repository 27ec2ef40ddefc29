import { InvalidArgumentError } from 'commander'

/**
 * Minor units, as an option of the command line has them.
 *
 * @throws InvalidArgumentError for what is no amount
 */
export function parseAmount(text: string): number {
  const amount = Number(text)
  if (/^[0-9]+$/.test(text) && Number.isSafeInteger(amount)) return amount
  throw new InvalidArgumentError('an amount is a whole number of minor units, 2^53-1 at most')
}
