import { join } from 'node:path'
import type { Layout } from '../layout.ts'

/** The unix socket that an instance of a service listens on and the gateway connects to. */
export const serviceSocket = (layout: Layout, instance: string): string => join(layout.sockets, `${instance}.sock`)

/** `payment-service-1`, … */
export const instancesOf = (kind: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${kind}-${index + 1}`)
