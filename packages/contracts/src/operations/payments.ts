import { z } from 'zod'
import { EXAMPLE_IDS, paymentIdSchema } from '../ids.ts'
import { listPaymentsQuerySchema, pageQuerySchema, pageSchema } from '../lists.ts'
import { cancelSchema, captureSchema, queuedOperationSchema } from '../payment-operations.ts'
import {
  batchSchema,
  createBatchSchema,
  createPaymentSchema,
  FAILURES,
  paymentSchema,
  queuedPaymentSchema,
  type CreatePaymentBody,
  type Payment,
} from '../payments.ts'
import type { ProblemCode } from '../problem.ts'
import { timelineEntrySchema, type TimelineEntry } from '../timeline.ts'
import { LIST_PROBLEMS, read, write } from './operation.ts'

const tag = 'Payments'
const links = [{ operation: 'readPayment', parameters: { id: '$response.body#/id' } }]

const order: CreatePaymentBody = {
  source: EXAMPLE_IDS.customer,
  destination: EXAMPLE_IDS.merchant,
  amount: 1250,
  currency: 'USD',
  reference: 'order-1042',
  description: 'Two coffees and a bun',
  metadata: { cart: '7f3a' },
}
const succeeded: Payment = {
  id: EXAMPLE_IDS.payment,
  status: 'succeeded',
  source: EXAMPLE_IDS.customer,
  destination: EXAMPLE_IDS.merchant,
  amount: 1250,
  currency: 'USD',
  reference: 'order-1042',
  description: 'Two coffees and a bun',
  metadata: { cart: '7f3a' },
  failure: null,
  capture: 'automatic',
  captured: 1250,
  refunded: 0,
  expires_at: null,
  created_at: '2026-11-27T09:00:01.150Z',
  completed_at: '2026-11-27T09:00:01.204Z',
  version: 1,
}
const failed: Payment = {
  ...succeeded,
  status: 'failed',
  failure: { code: 'insufficient_funds', detail: FAILURES.insufficient_funds },
  captured: 0,
}
const held: Payment = {
  ...succeeded,
  status: 'requires_capture',
  capture: 'manual',
  captured: 0,
  expires_at: '2026-12-04T09:00:01.150Z',
  completed_at: null,
}
const captured: Payment = {
  ...held,
  status: 'succeeded',
  captured: 1000,
  completed_at: '2026-11-28T10:00:00.000Z',
  version: 2,
}
const canceled: Payment = { ...captured, status: 'canceled', captured: 0 }
const timeline: TimelineEntry[] = [
  {
    at: '2026-11-28T10:00:00.000Z',
    event: 'capture',
    actor: 'payee',
    status: 'succeeded',
    amount: 1000,
    refund: null,
    cause: null,
  },
  {
    at: '2026-11-27T09:00:01.204Z',
    event: 'posted',
    actor: 'cluster',
    status: 'requires_capture',
    amount: 1250,
    refund: null,
    cause: null,
  },
  {
    at: '2026-11-27T09:00:01.150Z',
    event: 'accepted',
    actor: 'payer',
    status: 'queued',
    amount: 1250,
    refund: null,
    cause: null,
  },
]
const pathParameters = { id: paymentIdSchema }
const queued: Payment = { ...succeeded, status: 'queued', captured: 0, completed_at: null, version: 0 }

const OPERATION_PROBLEMS = [
  'idempotency_key_missing',
  'not_found',
  'payment_queued',
  'payment_not_capturable',
  'hold_expired',
] as const satisfies readonly ProblemCode[]

export const PAYMENT_OPERATIONS = [
  write({
    id: 'createPayment',
    path: '/v1/payments',
    tag,
    summary: 'Pay',
    description: [
      'From one of the caller’s accounts to any active account. 202 as soon as the payment is durable: it will reach',
      'exactly one final state. With `Prefer: wait=N` 201 with the final state, if it is reached in time.',
      'With `capture: "manual"` the amount is held, until it is captured, canceled, or its time is over.',
      'A payment that fails is no error of the request: its `status` is `failed`, and `failure` says why.',
    ].join(' '),
    movesMoney: true,
    body: {
      schema: createPaymentSchema,
      examples: {
        order,
        hold: { ...order, capture: 'manual', hold_seconds: 86_400 },
        least: { source: EXAMPLE_IDS.customer, destination: EXAMPLE_IDS.merchant, amount: 1, currency: 'USD' },
      },
    },
    final: { description: 'The payment is posted', body: paymentSchema, examples: { succeeded, failed, held } },
    accepted: { description: 'The payment is accepted', body: paymentSchema, examples: { queued } },
    links,
    problems: ['idempotency_key_missing', 'not_found'],
  }),
  read({
    id: 'listPayments',
    path: '/v1/payments',
    tag,
    summary: 'List payments',
    description:
      'Final payments from or to the caller’s accounts, newest first, by the time at which they were posted.',
    query: listPaymentsQuerySchema,
    answer: {
      description: 'A page',
      body: pageSchema(paymentSchema),
      examples: { 'last page': { data: [succeeded, failed], next_cursor: null } },
    },
    problems: LIST_PROBLEMS,
  }),
  read({
    id: 'readPayment',
    path: '/v1/payments/:id',
    tag,
    summary: 'Read a payment',
    description: 'For the owners of both accounts. To the payer never 404 for an id that was accepted.',
    pathParameters,
    answer: {
      description: 'The payment',
      body: z.union([paymentSchema, queuedPaymentSchema]),
      examples: {
        succeeded,
        failed,
        queued,
        'queued, details still in the log': { id: EXAMPLE_IDS.payment, status: 'queued', version: 0 },
      },
    },
    problems: ['not_found'],
  }),
  write({
    id: 'createBatch',
    path: '/v1/payments/batch',
    tag,
    summary: 'Pay many at once',
    description: [
      'Up to 500 payments in one request, accepted together, each with an id and an outcome of its own; with',
      '`atomic: true` they also succeed together or not at all. With `Prefer: wait=N` 201 with all final states, if all are',
      'reached in time. Until it is posted, a payment of a batch is known by its id alone.',
    ].join(' '),
    movesMoney: true,
    body: {
      schema: createBatchSchema,
      examples: { two: { payments: [order, { ...order, reference: 'order-1043' }], atomic: true } },
    },
    final: { description: 'The payments are posted', body: batchSchema, examples: { batch: { data: [succeeded] } } },
    accepted: { description: 'The payments are accepted', body: batchSchema, examples: { batch: { data: [queued] } } },
    problems: ['idempotency_key_missing', 'not_found'],
  }),
  write({
    id: 'capturePayment',
    path: '/v1/payments/:id/capture',
    tag,
    summary: 'Capture a hold',
    description: [
      'Once, whole or in part: the rest is released. For the owners of both accounts. Waits for the outcome by default,',
      'for up to 5 s.',
    ].join(' '),
    movesMoney: true,
    pathParameters,
    body: { schema: captureSchema, isOptional: true, examples: { whole: {}, part: { amount: 1000 } } },
    final: { description: 'The payment is captured', body: paymentSchema, examples: { captured } },
    accepted: {
      description: 'The capture is accepted: posting it takes longer than the client waits',
      body: queuedOperationSchema,
      examples: { queued: { payment: EXAMPLE_IDS.payment, operation: 'capture', status: 'queued' } },
    },
    problems: [...OPERATION_PROBLEMS, 'capture_exceeds_hold', 'account_blocked', 'limit_exceeded'],
  }),
  write({
    id: 'cancelPayment',
    path: '/v1/payments/:id/cancel',
    tag,
    summary: 'Cancel a hold',
    description:
      'Releases what is held. For the owners of both accounts. Waits for the outcome by default, for up to 5 s.',
    movesMoney: true,
    pathParameters,
    body: {
      schema: cancelSchema,
      isOptional: true,
      examples: { plain: {}, 'with a reason': { reason: 'Out of stock' } },
    },
    final: { description: 'The hold is released', body: paymentSchema, examples: { canceled } },
    accepted: {
      description: 'The cancellation is accepted: posting it takes longer than the client waits',
      body: queuedOperationSchema,
      examples: { queued: { payment: EXAMPLE_IDS.payment, operation: 'cancel', status: 'queued' } },
    },
    problems: OPERATION_PROBLEMS,
  }),
  read({
    id: 'readTimeline',
    path: '/v1/payments/:id/timeline',
    tag,
    summary: 'Read what happened to a payment',
    description:
      'Every change of its state, and what was asked of it in vain, newest first. For the owners of both accounts.',
    pathParameters,
    query: pageQuerySchema,
    answer: {
      description: 'A page',
      body: pageSchema(timelineEntrySchema),
      examples: { 'last page': { data: timeline, next_cursor: null } },
    },
    problems: [...LIST_PROBLEMS, 'not_found'],
  }),
]
