import { EXAMPLE_IDS, webhookDeliveryIdSchema, webhookEndpointIdSchema } from '../ids.ts'
import { listDeliveriesQuerySchema, pageQuerySchema, pageSchema } from '../lists.ts'
import {
  createWebhookEndpointSchema,
  fullWebhookDeliverySchema,
  issuedWebhookEndpointSchema,
  resendDeliverySchema,
  rotateWebhookSecretSchema,
  updateWebhookEndpointSchema,
  webhookDeliverySchema,
  webhookEndpointSchema,
  webhookSecretSchema,
  type FullWebhookDelivery,
  type WebhookDelivery,
  type WebhookEndpoint,
  type WebhookSecret,
} from '../webhooks.ts'
import { createdHeaders, optionalKeyHeaders } from './headers.ts'
import { change, LIST_PROBLEMS, readCurrent, readLive } from './operation.ts'

const tag = 'Webhooks'
const endpointParameters = { id: webhookEndpointIdSchema }
const deliveryParameters = { id: webhookDeliveryIdSchema }

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwW2LaLaSw1Qo='
const OLD_SECRET = 'whsec_1QoMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwW2LaLaSw='
const endpoint: WebhookEndpoint = {
  id: EXAMPLE_IDS.webhookEndpoint,
  url: 'https://shop.example/webhooks',
  events: ['payment.succeeded', 'payment.failed'],
  description: null,
  enabled: true,
  disabled: null,
  failing_since: null,
  secret_version: 1,
  created_at: '2026-11-27T09:00:00.000Z',
  version: 1,
}
const secret: WebhookSecret = {
  secret: SECRET,
  version: 2,
  also_signed_by: [{ secret: OLD_SECRET, version: 1, until: '2026-11-28T09:00:00.000Z' }],
}
const delivery: WebhookDelivery = {
  id: EXAMPLE_IDS.webhookDelivery,
  endpoint_id: endpoint.id,
  event_id: `${EXAMPLE_IDS.payment}.1`,
  event_type: 'payment.succeeded',
  state: 'delivered',
  attempts: 1,
  created_at: '2026-11-27T09:00:00.000Z',
  next_attempt_at: null,
  finished_at: '2026-11-27T09:00:00.120Z',
}
const full: FullWebhookDelivery = {
  ...delivery,
  body: `{"id":"${EXAMPLE_IDS.payment}.1","type":"payment.succeeded","timestamp":"2026-11-27T09:00:00.000Z","consistency_token":null,"data":{}}`,
  history: [
    {
      number: 1,
      started_at: '2026-11-27T09:00:00.080Z',
      duration_ms: 40,
      url: endpoint.url,
      address: '203.0.113.7',
      request_headers: { 'webhook-id': EXAMPLE_IDS.webhookDelivery },
      status: 204,
      response_headers: {},
      response_body: '',
      error: null,
    },
  ],
}

export const WEBHOOK_OPERATIONS = [
  change({
    id: 'createWebhookEndpoint',
    method: 'POST',
    path: '/v1/webhook-endpoints',
    tag,
    summary: 'Make a webhook endpoint',
    description: [
      'From then on what happens to the client’s accounts and payments is sent there: Standard Webhooks 1.0, at least once,',
      'with the same `webhook-id` each time. Up to 16 endpoints a client.',
    ].join(' '),
    headers: optionalKeyHeaders,
    body: {
      schema: createWebhookEndpointSchema,
      examples: { 'payments alone': { url: endpoint.url, events: endpoint.events }, everything: { url: endpoint.url } },
    },
    status: 201,
    answer: {
      description: 'The endpoint, with its secret',
      headers: createdHeaders,
      body: issuedWebhookEndpointSchema,
      examples: { endpoint: { ...endpoint, secret: SECRET } },
    },
    problems: ['too_many_endpoints', 'idempotency_key_invalid', 'idempotency_key_reused'],
  }),
  readCurrent({
    id: 'listWebhookEndpoints',
    path: '/v1/webhook-endpoints',
    tag,
    summary: 'List webhook endpoints',
    description: 'The caller’s, newest first, disabled ones included.',
    query: pageQuerySchema,
    answer: {
      description: 'A page',
      body: pageSchema(webhookEndpointSchema),
      examples: { 'last page': { data: [endpoint], next_cursor: null } },
    },
    problems: LIST_PROBLEMS,
  }),
  readCurrent({
    id: 'readWebhookEndpoint',
    path: '/v1/webhook-endpoints/:id',
    tag,
    summary: 'Read a webhook endpoint',
    description: 'Whether it is enabled, and since when nothing could be delivered to it.',
    pathParameters: endpointParameters,
    answer: { description: 'The endpoint', body: webhookEndpointSchema, examples: { endpoint } },
    problems: ['not_found'],
  }),
  change({
    id: 'updateWebhookEndpoint',
    method: 'PATCH',
    path: '/v1/webhook-endpoints/:id',
    tag,
    summary: 'Change a webhook endpoint',
    description:
      'Disabled, it is sent nothing, and what was on its way is canceled; enabled again, it is sent what happens from then on.',
    pathParameters: endpointParameters,
    body: {
      schema: updateWebhookEndpointSchema,
      examples: { enable: { enabled: true }, 'all events': { events: null } },
    },
    status: 200,
    answer: { description: 'The endpoint', body: webhookEndpointSchema, examples: { endpoint } },
    problems: ['not_found'],
  }),
  change({
    id: 'deleteWebhookEndpoint',
    method: 'DELETE',
    path: '/v1/webhook-endpoints/:id',
    tag,
    summary: 'Delete a webhook endpoint',
    description: 'For ever, and its deliveries with it.',
    pathParameters: endpointParameters,
    status: 204,
    answer: { description: 'It is deleted' },
    problems: ['not_found'],
  }),
  readLive({
    id: 'readWebhookSecret',
    path: '/v1/webhook-endpoints/:id/secret',
    tag,
    scope: 'payments:write',
    summary: 'Read the secret of a webhook endpoint',
    description: 'What its messages are signed by.',
    pathParameters: endpointParameters,
    answer: { description: 'The secret', body: webhookSecretSchema, examples: { rotated: secret } },
    problems: ['not_found'],
  }),
  change({
    id: 'rotateWebhookSecret',
    method: 'POST',
    path: '/v1/webhook-endpoints/:id/rotate-secret',
    tag,
    summary: 'Give a webhook endpoint another secret',
    description: 'For a day messages are signed by the old one as well. Three may be on their way out at once.',
    pathParameters: endpointParameters,
    body: { schema: rotateWebhookSecretSchema, examples: { nothing: {} }, isOptional: true },
    status: 200,
    answer: { description: 'The new secret', body: webhookSecretSchema, examples: { rotated: secret } },
    problems: ['not_found', 'too_many_secrets'],
  }),
  readCurrent({
    id: 'listWebhookDeliveries',
    path: '/v1/webhook-endpoints/:id/deliveries',
    tag,
    summary: 'List what was sent to a webhook endpoint',
    description: 'Newest first. What was delivered or given up is kept for 30 days.',
    pathParameters: endpointParameters,
    query: listDeliveriesQuerySchema,
    answer: {
      description: 'A page',
      body: pageSchema(webhookDeliverySchema),
      examples: { 'last page': { data: [delivery], next_cursor: null } },
    },
    problems: ['not_found', ...LIST_PROBLEMS],
  }),
  readCurrent({
    id: 'readWebhookDelivery',
    path: '/v1/webhook-deliveries/:id',
    tag,
    summary: 'Read what was sent and what was answered',
    description: 'Each attempt with its request and its answer.',
    pathParameters: deliveryParameters,
    answer: { description: 'The delivery', body: fullWebhookDeliverySchema, examples: { delivered: full } },
    problems: ['not_found'],
  }),
  change({
    id: 'resendWebhookDelivery',
    method: 'POST',
    path: '/v1/webhook-deliveries/:id/resend',
    tag,
    summary: 'Send it again',
    description: 'At once, with the same `webhook-id`, whatever became of it before; on the schedule of a new one.',
    pathParameters: deliveryParameters,
    body: { schema: resendDeliverySchema, examples: { nothing: {} }, isOptional: true },
    status: 200,
    answer: {
      description: 'It is on its way',
      body: webhookDeliverySchema,
      examples: { pending: { ...delivery, state: 'pending', next_attempt_at: delivery.created_at, finished_at: null } },
    },
    problems: ['not_found', 'endpoint_disabled'],
  }),
]
