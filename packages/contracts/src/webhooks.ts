/** Webhooks: what a client is told of, where, and what became of telling it. Standard Webhooks 1.0. */
import { z } from 'zod'
import { ACCOUNT_EVENTS, PAYMENT_EVENTS, REFUND_EVENTS } from './events.ts'
import { freeTextSchema } from './free-text.ts'
import { accountIdSchema, webhookDeliveryIdSchema, webhookEndpointIdSchema } from './ids.ts'
import { timeSchema } from './text.ts'

/** Told to the client's other endpoints when one is disabled because nothing could be delivered to it. */
export const ENDPOINT_DISABLED_EVENT = 'webhook_endpoint.disabled'
/** What a client may be told of. */
export const WEBHOOK_EVENT_TYPES = [
  ...PAYMENT_EVENTS,
  ...REFUND_EVENTS,
  ...ACCOUNT_EVENTS,
  ENDPOINT_DISABLED_EVENT,
] as const
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number]

/** Endpoints of one client, at most. */
export const MAX_WEBHOOK_ENDPOINTS = 16
const MAX_URL_LENGTH = 2000
const MAX_DESCRIPTION_LENGTH = 500

const EXAMPLE_URL = 'https://shop.example/webhooks'

/** Whether a text is an address that a message can be sent to: where that leads is another question. */
function isWebhookUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return false
  return url.username === '' && url.password === '' && url.hash === '' && !text.includes('#')
}

const urlSchema = z
  .string()
  .max(MAX_URL_LENGTH)
  .regex(/^https?:\/\/[!-~]+$/)
  .refine(isWebhookUrl, { error: 'must be an https:// URL without a user, a password and a fragment' })
  .meta({
    format: 'uri',
    description: 'An https:// URL whose host has public addresses alone',
    example: EXAMPLE_URL,
  })
const eventsSchema = z
  .array(z.enum(WEBHOOK_EVENT_TYPES))
  .min(1)
  .max(WEBHOOK_EVENT_TYPES.length)
  .transform((types) => [...new Set(types)])
  .meta({ description: 'The types to be told of', example: ['payment.succeeded', 'payment.failed'] })
const descriptionSchema = freeTextSchema(MAX_DESCRIPTION_LENGTH)

/** Body of `POST /v1/webhook-endpoints`. */
export const createWebhookEndpointSchema = z
  .strictObject({
    url: urlSchema,
    events: eventsSchema.optional().meta({ description: 'The types to be told of; all of them by default' }),
    description: descriptionSchema.optional(),
  })
  .meta({
    id: 'CreateWebhookEndpoint',
    description: 'Where a client wants to be told of what happens to its accounts and payments',
    examples: [{ url: EXAMPLE_URL, events: ['payment.succeeded', 'payment.failed'] }],
  })
export type CreateWebhookEndpoint = z.infer<typeof createWebhookEndpointSchema>
/** As a client writes it. */
export type CreateWebhookEndpointBody = z.input<typeof createWebhookEndpointSchema>

/** Body of `PATCH /v1/webhook-endpoints/{id}`. */
export const updateWebhookEndpointSchema = z
  .strictObject({
    url: urlSchema.optional(),
    events: eventsSchema.nullable().optional().meta({ description: 'null: all types' }),
    description: descriptionSchema.nullable().optional(),
    enabled: z.boolean().optional(),
  })
  .refine((update) => Object.keys(update).length > 0, { error: 'changes nothing' })
  .meta({
    id: 'UpdateWebhookEndpoint',
    description: 'What is to change: the rest stays',
    minProperties: 1,
    examples: [{ enabled: true }, { events: null }],
  })
export type UpdateWebhookEndpoint = z.infer<typeof updateWebhookEndpointSchema>
/** As a client writes it. */
export type UpdateWebhookEndpointBody = z.input<typeof updateWebhookEndpointSchema>

/** `client`: it was told to; `failing`: nothing could be delivered for long; `gone`: it answered 410. */
export const DISABLED_REASONS = ['client', 'failing', 'gone'] as const
export type DisabledReason = (typeof DISABLED_REASONS)[number]

const endpointFields = {
  id: webhookEndpointIdSchema,
  url: z.string(),
  events: z.array(z.enum(WEBHOOK_EVENT_TYPES)).nullable().meta({ description: 'null: all types' }),
  description: z.string().nullable(),
  enabled: z.boolean(),
  disabled: z
    .object({ at: timeSchema, reason: z.enum(DISABLED_REASONS) })
    .nullable()
    .meta({ description: 'Since when, and why: `client`, `failing` (for days), `gone` (it answered 410)' }),
  failing_since: timeSchema.nullable().meta({ description: 'The first failure after which nothing was delivered' }),
  secret_version: z.int().meta({ description: 'Counts the rotations of its secret' }),
  created_at: timeSchema,
  version: z.int().meta({ description: 'Counts its changes' }),
}
export const webhookEndpointSchema = z
  .object(endpointFields)
  .meta({ id: 'WebhookEndpoint', description: 'Where a client is told of what happens' })
export type WebhookEndpoint = z.infer<typeof webhookEndpointSchema>

const secretSchema = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{43}=$/)
  .meta({
    description: 'Signs the messages: HMAC-SHA256 by the bytes of its base64',
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwW2LaLaSw1Qo=',
  })

export const issuedWebhookEndpointSchema = z
  .object({ ...endpointFields, secret: secretSchema })
  .meta({ id: 'IssuedWebhookEndpoint', description: 'A new endpoint, with the secret that its messages are signed by' })
export type IssuedWebhookEndpoint = z.infer<typeof issuedWebhookEndpointSchema>

export const webhookSecretSchema = z
  .object({
    secret: secretSchema,
    version: z.int(),
    also_signed_by: z
      .array(z.object({ secret: secretSchema, version: z.int(), until: timeSchema }))
      .meta({ description: 'Earlier ones that messages are signed by as well, newest first, and until when' }),
  })
  .meta({ id: 'WebhookSecret', description: 'What an endpoint’s messages are signed by' })
export type WebhookSecret = z.infer<typeof webhookSecretSchema>

/** Body of `POST /v1/webhook-endpoints/{id}/rotate-secret`. */
export const rotateWebhookSecretSchema = z.strictObject({}).meta({ id: 'RotateWebhookSecret', examples: [{}] })
/** Body of `POST /v1/webhook-deliveries/{id}/resend`. */
export const resendDeliverySchema = z.strictObject({}).meta({ id: 'ResendDelivery', examples: [{}] })

/** `canceled`: the endpoint was disabled or deleted before it could be delivered. */
export const DELIVERY_STATES = ['pending', 'delivered', 'failed', 'canceled'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

const deliveryFields = {
  id: webhookDeliveryIdSchema,
  endpoint_id: webhookEndpointIdSchema,
  event_id: z.string(),
  event_type: z.enum(WEBHOOK_EVENT_TYPES),
  state: z.enum(DELIVERY_STATES),
  attempts: z.int().meta({ description: 'That were begun, of all times it was sent' }),
  created_at: timeSchema,
  next_attempt_at: timeSchema.nullable(),
  finished_at: timeSchema.nullable(),
}
export const webhookDeliverySchema = z
  .object(deliveryFields)
  .meta({ id: 'WebhookDelivery', description: 'An event on its way to an endpoint' })
export type WebhookDelivery = z.infer<typeof webhookDeliverySchema>

export const webhookAttemptSchema = z.object({
  number: z.int(),
  started_at: timeSchema,
  duration_ms: z.int(),
  url: z.string(),
  address: z.string().nullable().meta({ description: 'That the request was sent to; null when none was' }),
  request_headers: z.record(z.string(), z.string()),
  status: z.int().nullable().meta({ description: 'Of the answer; null when there was none' }),
  response_headers: z.record(z.string(), z.string()).nullable(),
  response_body: z.string().nullable().meta({ description: 'Its first 4 kB' }),
  error: z.string().nullable().meta({ description: 'Why there was no answer' }),
})
export type WebhookAttempt = z.infer<typeof webhookAttemptSchema>

export const fullWebhookDeliverySchema = z
  .object({
    ...deliveryFields,
    body: z.string().meta({ description: 'Of the requests, byte by byte' }),
    history: z.array(webhookAttemptSchema).meta({ description: 'Attempts that ended, the newest 50, newest first' }),
  })
  .meta({ id: 'FullWebhookDelivery', description: 'A delivery with its requests and answers' })
export type FullWebhookDelivery = z.infer<typeof fullWebhookDeliverySchema>

/** What is sent: the body of a message. */
export const webhookMessageSchema = z
  .object({
    id: z.string().meta({ description: 'Of the event: the same at every endpoint, and however often it is sent' }),
    type: z.enum(WEBHOOK_EVENT_TYPES),
    timestamp: timeSchema,
    consistency_token: z
      .string()
      .nullable()
      .meta({ description: 'Sent with a read, that read reflects the event; null where there is nothing to read' }),
    data: z.looseObject({
      accounts: z
        .array(z.object({ account_id: accountIdSchema, sequence: z.int() }))
        .optional()
        .meta({
          description: 'Of the client’s own accounts: gap-free by account, so that a receiver sees what it missed',
        }),
    }),
  })
  .meta({ id: 'WebhookMessage', description: 'The body of a webhook' })
export type WebhookMessage = z.infer<typeof webhookMessageSchema>
