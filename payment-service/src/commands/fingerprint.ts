import { hash } from 'node:crypto'

interface Fields {
  readonly [name: string]: string | number | Fields | undefined
}

const FINGERPRINT_HEX_DIGITS = 32

/**
 * 128 bits of SHA-256 over what a body says, not over its bytes: with its members in another order, or other white
 * space, it is the same request. A client library that builds its JSON anew for a retry is not told that it lied.
 *
 * @param body  as its schema gave it
 */
export function fingerprintOf(body: Fields): string {
  return hash('sha256', JSON.stringify(sorted(body)), 'hex').slice(0, FINGERPRINT_HEX_DIGITS)
}

function sorted(fields: Fields): unknown[] {
  return Object.keys(fields)
    .sort()
    .filter((name) => fields[name] !== undefined)
    .map((name) => {
      const value = fields[name]
      return [name, typeof value === 'object' ? sorted(value) : value]
    })
}
