import type { CallOptions } from '../http/transport.ts'

export interface WriteOptions extends CallOptions {
  /**
   * Stands for this request, for ever: give one that your own records have, such as an order's, and a crash between them
   * and this call costs nothing. A random one otherwise, which covers the attempts of this call alone.
   */
  readonly idempotencyKey?: string
  /** Seconds to wait for the final state, up to 10; 0 is not at all. */
  readonly waitS?: number
}

export function writeHeaders({ idempotencyKey, waitS }: WriteOptions): Record<string, string> {
  return {
    'idempotency-key': idempotencyKey ?? randomKey(),
    ...(waitS === undefined ? {} : { prefer: `wait=${waitS}` }),
  }
}

/** 128 bits. `crypto.randomUUID` is not there in a page without TLS. */
const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
