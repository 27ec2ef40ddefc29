import { z } from 'zod'
import { EXAMPLE_IDS, paymentIdSchema } from '../ids.ts'
import { listPaymentsQuerySchema, pageSchema } from '../lists.ts'
import {
  createPaymentSchema,
  FAILURES,
  paymentSchema,
  queuedPaymentSchema,
  type CreatePaymentBody,
  type Payment,
} from '../payments.ts'
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
  created_at: '2026-11-27T09:00:01.150Z',
  completed_at: '2026-11-27T09:00:01.204Z',
  version: 1,
}
const failed: Payment = {
  ...succeeded,
  status: 'failed',
  failure: { code: 'insufficient_funds', detail: FAILURES.insufficient_funds },
}
const queued: Payment = { ...succeeded, status: 'queued', completed_at: null, version: 0 }

export const PAYMENT_OPERATIONS = [
  write({
    id: 'createPayment',
    path: '/v1/payments',
    tag,
    summary: 'Pay',
    description: [
      'From one of the caller’s accounts to any active account. 202 as soon as the payment is durable: it will reach',
      'exactly one final state. With `Prefer: wait=N` 201 with the final state, if it is reached in time.',
      'A payment that fails is no error of the request: its `status` is `failed`, and `failure` says why.',
    ].join(' '),
    movesMoney: true,
    body: {
      schema: createPaymentSchema,
      examples: {
        order,
        least: { source: EXAMPLE_IDS.customer, destination: EXAMPLE_IDS.merchant, amount: 1, currency: 'USD' },
      },
    },
    final: { description: 'The payment is final', body: paymentSchema, examples: { succeeded, failed } },
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
    pathParameters: { id: paymentIdSchema },
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
]
