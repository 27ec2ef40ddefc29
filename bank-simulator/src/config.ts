import { z } from 'zod'
import { integerSchema, processSettings, webhookSecretSchema } from '@paycluster/platform/config'

const number = (min: number, max: number, value: number, what: string) =>
  integerSchema(min, max).default(value).describe(what)
const host = (what: string) =>
  z.string().min(1).default('127.0.0.1').meta({ form: 'IP address or host name' }).describe(what)
const port = (value: number, what: string) => number(1, 65_535, value, what)

/** The environment of bank-simulator. */
export const settingsSchema = z
  .object({
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
    BANK_CARD_KEY: z
      .string()
      .min(1)
      .meta({ form: 'path of a file' })
      .describe('private key that cards are encrypted for, as a JWK; made, for its owner alone, when it is not there'),
    BANK_CALLBACK_URL: z
      .url({ protocol: /^https?$/ })
      .optional()
      .meta({ form: '`http://` or `https://` URL' })
      .describe('where ends of operations are told; together with `BANK_CALLBACK_SECRET`'),
    BANK_CALLBACK_SECRET: webhookSecretSchema
      .optional()
      .describe('what callbacks are signed with, as Standard Webhooks has it'),
    BANK_CALLBACK_ATTEMPTS: number(
      1,
      20,
      8,
      'tries of one callback, the first after no wait, the next ones 0.2 s to 10 s apart',
    ),
    BANK_MAX_OPERATIONS: number(
      1,
      10_000_000,
      500_000,
      'operations that it keeps, all in memory at some 1.5 kB each; more are 503',
    ),
    BANK_SEED: number(
      0,
      4_294_967_295,
      1,
      'of its dice: the same seed and the same requests in order give the same run',
    ),
  })
  .refine(
    ({ BANK_CALLBACK_URL: url, BANK_CALLBACK_SECRET: secret }) => (url === undefined) === (secret === undefined),
    {
      error: 'goes together with BANK_CALLBACK_SECRET',
      path: ['BANK_CALLBACK_URL'],
    },
  )

export type Settings = z.output<typeof settingsSchema>
