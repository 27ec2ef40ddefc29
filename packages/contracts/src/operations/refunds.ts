import { z } from 'zod'
import { EXAMPLE_IDS, paymentIdSchema, refundIdSchema } from '../ids.ts'
import { pageQuerySchema, pageSchema } from '../lists.ts'
import { OPERATION_FAILURES } from '../payment-operations.ts'
import { createRefundSchema, queuedRefundSchema, refundSchema, type Refund } from '../refunds.ts'
import { LIST_PROBLEMS, read, write } from './operation.ts'

const tag = 'Refunds'

const succeeded: Refund = {
  id: EXAMPLE_IDS.refund,
  payment: EXAMPLE_IDS.payment,
  status: 'succeeded',
  amount: 250,
  currency: 'USD',
  reason: 'The bun was stale',
  failure: null,
  created_at: '2026-11-28T11:00:00.000Z',
  completed_at: '2026-11-28T11:00:00.040Z',
  version: 1,
}
const processing: Refund = { ...succeeded, status: 'processing', completed_at: null }
const failed: Refund = {
  ...succeeded,
  status: 'failed',
  amount: 5000,
  failure: { code: 'refund_exceeds_captured', detail: OPERATION_FAILURES.refund_exceeds_captured },
}

export const REFUND_OPERATIONS = [
  write({
    id: 'createRefund',
    path: '/v1/payments/:id/refunds',
    tag,
    summary: 'Refund a payment',
    description: [
      'Whole or in part, as often as something is left: all refunds together never exceed what was captured. For the owner',
      'of the account that was paid. Waits for the outcome by default, for up to 5 s. A refund that fails is no error of',
      'the request: its `status` is `failed`, and `failure` says why. What came by a bank goes back through it: the amount is',
      'held on the account that was paid, the refund is `processing`, and it is final when the bank has answered. The',
      'commission is kept. A withdrawal cannot be refunded.',
    ].join(' '),
    movesMoney: true,
    pathParameters: { id: paymentIdSchema },
    body: {
      schema: createRefundSchema,
      isOptional: true,
      examples: { part: { amount: 250, reason: 'The bun was stale' }, 'all that is left': {} },
    },
    final: { description: 'The refund is final', body: refundSchema, examples: { succeeded, failed } },
    accepted: {
      description: 'The refund is accepted: posting it takes longer than the client waits',
      body: queuedRefundSchema,
      examples: { queued: { id: EXAMPLE_IDS.refund, status: 'queued', version: 0 } },
    },
    links: [{ operation: 'readRefund', parameters: { id: '$response.body#/id' } }],
    problems: ['idempotency_key_missing', 'not_found'],
  }),
  read({
    id: 'listRefunds',
    path: '/v1/payments/:id/refunds',
    tag,
    summary: 'List the refunds of a payment',
    description: 'Newest first, failed ones included. For the owners of both accounts of the payment.',
    pathParameters: { id: paymentIdSchema },
    query: pageQuerySchema,
    answer: {
      description: 'A page',
      body: pageSchema(refundSchema),
      examples: { 'last page': { data: [failed, succeeded], next_cursor: null } },
    },
    problems: [...LIST_PROBLEMS, 'not_found'],
  }),
  read({
    id: 'readRefund',
    path: '/v1/refunds/:id',
    tag,
    summary: 'Read a refund',
    description: 'For who asked for it and for the owners of both accounts of the payment.',
    pathParameters: { id: refundIdSchema },
    answer: {
      description: 'The refund',
      body: z.union([refundSchema, queuedRefundSchema]),
      examples: { succeeded, processing, failed, queued: { id: EXAMPLE_IDS.refund, status: 'queued', version: 0 } },
    },
    problems: ['not_found'],
  }),
]
