import { InvalidArgumentError } from 'commander'

/**
 * A client's number, as the command line has it.
 *
 * @throws InvalidArgumentError for what can be none
 */
export function parseClient(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('a client is named by its number: ops clients list')
}
