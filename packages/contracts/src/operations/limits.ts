import { accountIdSchema, EXAMPLE_IDS } from '../ids.ts'
import { accountLimitsSchema, queuedLimitsSchema, setAccountLimitsSchema, type AccountLimits } from '../limits.ts'
import { read, write } from './operation.ts'

const tag = 'Operations'
const scope = 'ops'
const path = '/v1/ops/accounts/:id/limits'
const pathParameters = { id: accountIdSchema }

const limits: AccountLimits = {
  account: EXAMPLE_IDS.customer,
  currency: 'USD',
  overdraft: 50_000,
  per_payment: 20_000,
  per_day: 100_000,
  revision: 2,
}

export const LIMIT_OPERATIONS = [
  write({
    id: 'setAccountLimits',
    path,
    tag,
    scope,
    summary: 'Say what an account may spend',
    description: [
      'Overdraft, and the most that one payment and all payments of a day of UTC may come to. A payment beyond them fails',
      'with `limit_exceeded`. What was spent on a day stays spent, whatever is canceled or refunded. Waits by default, for up',
      'to 5 s.',
    ].join(' '),
    movesMoney: false,
    pathParameters,
    body: {
      schema: setAccountLimitsSchema,
      examples: { limits: { overdraft: 50_000, per_payment: 20_000, per_day: 100_000, reason: 'Contract' } },
    },
    final: { description: 'The limits count', body: accountLimitsSchema, examples: { limits } },
    accepted: {
      description: 'They will count: that takes longer than the caller waits',
      body: queuedLimitsSchema,
      examples: { queued: { account: EXAMPLE_IDS.customer, status: 'queued' } },
    },
    problems: ['not_found', 'overdraft_in_use'],
  }),
  read({
    id: 'readAccountLimits',
    path,
    tag,
    scope,
    summary: 'Read what an account may spend',
    description: 'Of any client’s account.',
    pathParameters,
    answer: { description: 'The limits', body: accountLimitsSchema, examples: { limits } },
    problems: ['not_found'],
  }),
]
