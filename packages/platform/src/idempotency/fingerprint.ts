import { hash } from 'node:crypto'

type Value = string | number | boolean | Fields | readonly Fields[] | undefined
interface Fields {
  readonly [name: string]: Value
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
      return [name, sortedValue(fields[name])]
    })
}

function sortedValue(value: Value): unknown {
  if (isList(value)) return value.map(sorted)
  return typeof value === 'object' ? sorted(value) : value
}

const isList = (value: Value): value is readonly Fields[] => Array.isArray(value)
