import { ProblemError } from '@paycluster/platform/problem-error'

/** The longest wait that is granted; `wait` is an upper bound (RFC 7240, 4.3), so that a longer one is met by less. */
const MAX_WAIT_S = 10

const PREFERENCE = /^\s*([\w!#$%&'*+.^`|~-]+)\s*(?:=\s*("[^"]*"|[\w!#$%&'*+.^`|~-]*)\s*)?(?:;.*)?$/

/**
 * How long the client wants to wait for the outcome (`Prefer`, RFC 7240): `wait=5` is up to five seconds, capped at ten;
 * `wait=0` and `respond-async` are not at all. Other preferences are ignored, as the RFC asks; of two waits the first
 * counts.
 *
 * @returns seconds, or undefined when the client has no preference
 * @throws ProblemError `invalid_preference` (400) for a wait that is not a whole number of seconds
 */
export function readWaitPreference(header: string | string[] | undefined): number | undefined {
  if (header === undefined) return undefined
  let isAsync = false
  for (const part of String(header).split(',')) {
    const [, name = '', value = ''] = PREFERENCE.exec(part) ?? []
    if (name.toLowerCase() === 'respond-async') isAsync = true
    if (name.toLowerCase() === 'wait') return toSeconds(value.replaceAll('"', ''))
  }
  return isAsync ? 0 : undefined
}

function toSeconds(value: string): number {
  if (!/^\d+$/.test(value))
    throw new ProblemError('invalid_preference', 'Prefer: wait must be a whole number of seconds.')
  return Math.min(MAX_WAIT_S, Number(value))
}
