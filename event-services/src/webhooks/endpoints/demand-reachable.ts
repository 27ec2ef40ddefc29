import { setTimeout as delay } from 'node:timers/promises'
import { ProblemError } from '@paycluster/platform/problem-error'
import { ForbiddenAddressError, type AddressGuard } from '../sending/address-guard.ts'

/** A name that takes longer to resolve is looked at when something is sent. */
const LOOK_MS = 2_000

/**
 * Tells a client at once of an address that nothing would be sent to. A name that has no address yet may get one: it is
 * looked at again with every message.
 *
 * @throws ProblemError `validation_failed` (422)
 */
export async function demandReachable(guard: AddressGuard, text: string): Promise<void> {
  const url = new URL(text)
  try {
    await Promise.race([
      guard.addressOf(url.hostname, url.protocol === 'https:'),
      delay(LOOK_MS, undefined, { ref: false }),
    ])
  } catch (error) {
    if (error instanceof ForbiddenAddressError) throw forbidden(error.message)
    if (url.protocol !== 'https:')
      throw forbidden(`${url.hostname} is not known, and only https:// may lead to what is public`)
  }
}

const forbidden = (detail: string): ProblemError =>
  new ProblemError('validation_failed', 'The body does not fit its schema.', {
    errors: [{ pointer: '/url', code: 'forbidden_address', detail }],
  })
