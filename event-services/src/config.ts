import { z } from 'zod'
import { integerSchema, listSchema, postgresUrlSchema, processSettings } from '@paycluster/platform/config'

/** The environment of event-services. */
export const settingsSchema = z.object({
  ...processSettings,
  KAFKA_BROKERS: listSchema.describe('`host:port` of brokers to begin with'),
  PRIMARY_URL: postgresUrlSchema.describe('the primary, as the role that listens'),
  AUDIT_BATCH_MAX_EVENTS: integerSchema(1, 2000)
    .default(2000)
    .describe('events under one signature, at most: a receipt has a hash for each doubling of it'),
  AUDIT_BATCH_MAX_BYTES: integerSchema(1, 4_194_304)
    .default(4_194_304)
    .describe('bytes of those events, or one larger'),
})

export type Settings = z.output<typeof settingsSchema>
