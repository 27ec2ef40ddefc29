import { z } from 'zod'
import {
  commonSettings,
  httpUrlSchema,
  integerSchema,
  listSchema,
  namedUrlsSchema,
  postgresUrlSchema,
  redisUrlSchema,
  webhookSecretSchema,
} from '@paycluster/platform/config'
import { parseNetwork } from './webhooks/sending/address-guard.ts'
import { STANDARD_SCHEDULE_S } from './webhooks/sending/retry-schedule.ts'

const MODULES = ['audit', 'webhooks', 'alerts', 'analytics', 'reconciliation', 'cluster'] as const
export type ModuleName = (typeof MODULES)[number]

const DAY_S = 86_400
const MAX_ATTEMPTS = 50

const number = (min: number, max: number, value: number, what: string) =>
  integerSchema(min, max).default(value).describe(what)

const networksSchema = z
  .string()
  .transform((text) => text.split(',').filter((part) => part !== ''))
  .transform((networks, context) => {
    try {
      return networks.map(parseNetwork)
    } catch {
      context.issues.push({ code: 'custom', message: 'must be networks such as 127.0.0.0/8', input: networks })
      return z.NEVER
    }
  })
  .meta({ form: 'comma-separated list of networks, such as `10.0.0.0/8`; may be empty' })

const scheduleSchema = z
  .string()
  .regex(/^\d{1,7}(,\d{1,7})*$/)
  .transform((text) => text.split(',').map(Number))
  .pipe(z.array(z.int().max(7 * DAY_S)).max(MAX_ATTEMPTS))
  .meta({ form: 'comma-separated list of seconds' })

/** The environment of event-services. */
export const settingsSchema = z.object({
  ...commonSettings,
  KAFKA_BROKERS: listSchema.describe('`host:port` of brokers to begin with'),
  PRIMARY_URL: postgresUrlSchema.describe('the primary, as the role that listens'),
  MODULES: listSchema
    .pipe(z.array(z.enum(MODULES)))
    .transform((modules) => [...new Set(modules)])
    .meta({ form: `comma-separated list of ${MODULES.map((name) => `\`${name}\``).join(', ')}` })
    .default([...MODULES])
    .describe(
      'what this process runs: `audit`, `webhooks`, `alerts` and `analytics` are consumer groups, `reconciliation` compares the ledger with the bank and its own copies, `cluster` shows how all processes are',
    ),
  PROCESSES: namedUrlsSchema
    .default([])
    .describe('private addresses of all processes of the cluster: `GET /v1/ops/cluster` and rules on metrics ask them'),
  AUDIT_BATCH_MAX_EVENTS: number(
    1,
    2000,
    2000,
    'events under one signature, at most: a receipt has a hash for each doubling of it',
  ),
  AUDIT_BATCH_MAX_BYTES: number(1, 4_194_304, 4_194_304, 'bytes of those events, or one larger'),
  WEBHOOK_TRUSTED_NETWORKS: networksSchema
    .default([])
    .describe('networks that are not public and to which webhooks may be sent all the same, over plain HTTP as well'),
  WEBHOOK_TIMEOUT_MS: number(100, 60_000, 15_000, 'for a whole request to an endpoint'),
  WEBHOOK_MAX_IN_FLIGHT: number(1, 4096, 512, 'requests to endpoints at once'),
  WEBHOOK_MAX_IN_FLIGHT_PER_ENDPOINT: number(
    1,
    256,
    16,
    'and to one of them; one to which nothing can be delivered gets one at a time',
  ),
  WEBHOOK_MAX_IN_FLIGHT_PER_CLIENT: number(1, 4096, 32, 'and to all endpoints of one client'),
  WEBHOOK_SCHEDULE_S: scheduleSchema
    .default([...STANDARD_SCHEDULE_S])
    .describe('seconds before each attempt; after the last one a delivery is given up'),
  WEBHOOK_DISABLE_AFTER_S: number(
    1,
    365 * DAY_S,
    5 * DAY_S,
    'an endpoint to which nothing could be delivered for so long is disabled',
  ),
  WEBHOOK_KEEP_DAYS: number(1, 3650, 30, 'for how long deliveries are kept that are delivered or given up'),
  ANALYTICS_KEEP_MINUTES_DAYS: number(1, 3650, 14, 'for how long the figures of minutes are kept'),
  ANALYTICS_KEEP_HOURS_DAYS: number(1, 36_500, 365, 'for how long those of hours are kept; those of days are for ever'),
  ANALYTICS_HORIZON_DAYS: number(
    1,
    365,
    8,
    'what happened longer ago is not counted when it is told: for so long is kept what was. More than `payment.events` keeps',
  ),
  REDIS_URL: redisUrlSchema
    .optional()
    .describe('the cache, to compare it with the ledger; without it it is not compared'),
  REPLICA_URLS: namedUrlsSchema
    .default([])
    .describe('replicas, as the role that listens, to compare them with the primary'),
  BANK_URL: httpUrlSchema
    .optional()
    .describe('the bank’s API, which is asked for its daily statements; without it they are given as files'),
  BANK_API_KEY: z.string().default('').meta({ form: 'text' }).describe('who we are to the bank'),
  RECONCILIATION_INTERVAL_S: number(
    0,
    DAY_S,
    300,
    'between two comparisons of cache, replicas, events and offsets with the ledger; 0: none, and no statement is asked for, unless an operator does',
  ),
  RECONCILIATION_SAMPLE: number(
    0,
    100_000,
    1000,
    'entries of the cache, and accounts, that are compared each time besides those that have changed',
  ),
  RECONCILIATION_GRACE_S: number(
    0,
    DAY_S,
    3600,
    'how long a payment that the bank has settled may still be under way here, and how far from the end of a day one is looked for on the next day’s statement, too',
  ),
  RECONCILIATION_STATEMENT_DELAY_S: number(0, DAY_S, 7200, 'after the end of a day of UTC the bank has its statement'),
  RECONCILIATION_STATEMENT_MAX_BYTES: number(
    1024,
    1_073_741_824,
    268_435_456,
    'of a statement; the gateway’s STATEMENT_MAX_BODY bounds those that are given as files',
  ),
  RECONCILIATION_LEASE_MS: number(
    1000,
    600_000,
    30_000,
    'a run whose process has not shown for so long that it lives has failed',
  ),
  RECONCILIATION_KEEP_DAYS: number(
    2,
    3650,
    90,
    'for how long statements, runs and differences that are resolved are kept',
  ),
  ALERTS_RULES: z
    .string()
    .min(1)
    .max(1000)
    .meta({ form: 'path of a file' })
    .default('event-services/alerts/rules.yaml')
    .describe('rules of alerts, in YAML; a changed file is taken within seconds'),
  ALERTS_LOOK_EVERY_MS: number(
    100,
    60_000,
    10_000,
    'between two looks at the cluster: an alert on a metric, an escalation and the end of an alert come as much later at most',
  ),
  ALERTS_MAX_AGE_S: number(60, 7 * DAY_S, 3_600, 'events that are older when they are read raise no alert'),
  ALERTS_WEBHOOK_URL: httpUrlSchema.optional().describe('where the channel `webhook` sends alerts'),
  ALERTS_WEBHOOK_SECRET: webhookSecretSchema
    .optional()
    .describe('signs them, as Standard Webhooks has it; goes with `ALERTS_WEBHOOK_URL`'),
  ALERTS_TELEGRAM_URL: httpUrlSchema.default('https://api.telegram.org').describe('of Telegram’s Bot API'),
  ALERTS_TELEGRAM_TOKEN: z
    .string()
    .regex(/^[A-Za-z0-9:_-]{10,200}$/)
    .meta({ form: '10 to 200 of `A`–`Z`, `a`–`z`, `0`–`9`, `:`, `_`, `-`' })
    .optional()
    .describe('of the bot that tells alerts: a secret; goes with `ALERTS_TELEGRAM_CHAT_ID`'),
  ALERTS_TELEGRAM_CHAT_ID: z
    .string()
    .regex(/^(-?\d{1,20}|@[A-Za-z0-9_]{1,64})$/)
    .meta({ form: 'a number, or `@` and a name' })
    .optional()
    .describe('of the chat that is told'),
  ALERTS_CHANNEL_TIMEOUT_MS: number(100, 60_000, 10_000, 'for a whole request to a channel'),
  ALERTS_SCHEDULE_S: scheduleSchema
    .default([0, 1, 5, 30, 120, 600, 1800])
    .describe('seconds before each attempt at telling a channel; after the last one it is given up'),
  ALERTS_KEEP_DAYS: number(1, 3650, 30, 'for how long alerts are kept that are resolved, and silences that have ended'),
})

export type Settings = z.output<typeof settingsSchema>
