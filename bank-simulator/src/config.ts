import { z } from 'zod'
import { integerSchema, processSettings } from '@paycluster/platform/config'

const number = (min: number, max: number, value: number, what: string) =>
  integerSchema(min, max).default(value).describe(what)
const host = (what: string) =>
  z.string().min(1).default('127.0.0.1').meta({ form: 'IP address or host name' }).describe(what)
const port = (value: number, what: string) => number(1, 65_535, value, what)

/** The environment of bank-simulator. */
export const settingsSchema = z.object({
  LOG_LEVEL: processSettings.LOG_LEVEL,
  BANK_HOST: host("address that the bank's clients connect to"),
  BANK_PORT: port(19_131, "port of the bank's API"),
  BANK_CONTROL_HOST: host(
    'address of the control port, which asks for no key: whoever reaches it decides what the bank does',
  ),
  BANK_CONTROL_PORT: port(19_132, 'port that says how the bank behaves, and what it was asked'),
  BANK_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{16,200}$/)
    .meta({ form: '16 to 200 visible ASCII characters' })
    .describe('what clients send as `Authorization: Bearer`'),
  BANK_JOURNAL: z
    .string()
    .min(1)
    .meta({ form: 'path of a file' })
    .describe('where every movement of money is written before it is answered; made when it is not there'),
  BANK_MAX_OPERATIONS: number(1, 10_000_000, 500_000, 'operations that it keeps, all in memory; more are 503'),
  BANK_SEED: number(0, 4_294_967_295, 1, 'of its dice: the same seed and the same requests in order give the same run'),
})
