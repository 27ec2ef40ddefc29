import { createHmac, type KeyObject } from 'node:crypto'
import { deriveKey } from '@paycluster/platform/ids/id-codec'

/** What makes a delivery: an event that is told again to the same endpoint is the same one. */
export class DeliveryIds {
  readonly #key: KeyObject

  constructor(clusterSecret: string) {
    this.#key = deriveKey(clusterSecret, 'webhook deliveries')
  }

  /** @param endpoint  32 hexadecimal digits @returns 32 hexadecimal digits */
  of(endpoint: string, eventId: string): string {
    return createHmac('sha256', this.#key).update(`${endpoint}|${eventId}`).digest('hex').slice(0, 32)
  }
}
