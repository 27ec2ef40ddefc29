import {
  accountSchema,
  balanceSchema,
  changeBlockSchema,
  createAccountSchema,
  entrySchema,
  queuedAccountSchema,
  queuedBlockChangeSchema,
  type Account,
  type Balance,
  type CreateAccount,
  type Entry,
} from '../accounts.ts'
import { accountIdSchema, EXAMPLE_IDS } from '../ids.ts'
import { listAccountsQuerySchema, listEntriesQuerySchema, pageSchema, readBalanceQuerySchema } from '../lists.ts'
import { LIST_PROBLEMS, read, write } from './operation.ts'

const tag = 'Accounts'
const pathParameters = { id: accountIdSchema }
const links = ['readAccount', 'readBalance', 'listEntries'].map((operation) => ({
  operation,
  parameters: { id: '$response.body#/id' },
}))

const account: Account = {
  id: EXAMPLE_IDS.customer,
  kind: 'customer',
  currency: 'USD',
  status: 'active',
  external_id: 'customer-77',
  metadata: { tier: 'gold' },
  created_at: '2026-11-27T09:00:00.000Z',
  revision: 1,
}
const balance: Balance = {
  account_id: EXAMPLE_IDS.customer,
  currency: 'USD',
  posted: 98_750,
  pending_out: 0,
  available: 98_750,
  version: 7,
  as_of: '2026-11-27T09:00:01.250Z',
}
const entry: Entry = {
  seq: 7,
  payment_id: EXAMPLE_IDS.payment,
  kind: 'payment',
  amount: -1250,
  balance_after: 98_750,
  created_at: '2026-11-27T09:00:01.204Z',
}
const customer: CreateAccount = {
  kind: 'customer',
  currency: 'USD',
  external_id: 'customer-77',
  metadata: { tier: 'gold' },
}

export const ACCOUNT_OPERATIONS = [
  write({
    id: 'createAccount',
    path: '/v1/accounts',
    tag,
    summary: 'Open an account',
    description:
      'Waits for the account by default, for up to 5 s. With an `Idempotency-Key` a repetition opens nothing further.',
    movesMoney: false,
    body: { schema: createAccountSchema, examples: { customer, merchant: { kind: 'merchant', currency: 'USD' } } },
    final: { description: 'The account is open', body: accountSchema, examples: { account } },
    accepted: {
      description: 'The account will be opened: opening it takes longer than the client waits',
      body: queuedAccountSchema,
      examples: { queued: { ...account, status: 'queued', revision: 0 } },
    },
    links,
  }),
  read({
    id: 'listAccounts',
    path: '/v1/accounts',
    tag,
    summary: 'List accounts',
    description: 'The caller’s accounts, newest first.',
    query: listAccountsQuerySchema,
    answer: {
      description: 'A page',
      body: pageSchema(accountSchema),
      examples: { 'last page': { data: [account], next_cursor: null } },
    },
    problems: LIST_PROBLEMS,
  }),
  read({
    id: 'readAccount',
    path: '/v1/accounts/:id',
    tag,
    summary: 'Read an account',
    description: 'One of the caller’s own accounts; those of others are 404.',
    pathParameters,
    answer: { description: 'The account', body: accountSchema, examples: { account } },
    problems: ['not_found'],
  }),
  read({
    id: 'readBalance',
    path: '/v1/accounts/:id/balance',
    tag,
    summary: 'Read a balance',
    description: [
      'Never goes backwards: not from another instance, not after a loss of the cache. With `at` the balance as it was at',
      'that time, from the entries: what is being posted at the very time of the request may still take an earlier one.',
    ].join(' '),
    pathParameters,
    query: readBalanceQuerySchema,
    answer: { description: 'The balance', body: balanceSchema, examples: { balance } },
    problems: ['invalid_parameter', 'not_found'],
  }),
  read({
    id: 'listEntries',
    path: '/v1/accounts/:id/entries',
    tag,
    summary: 'Read a statement',
    description: 'The entries of an account, newest first.',
    pathParameters,
    query: listEntriesQuerySchema,
    answer: {
      description: 'A page',
      body: pageSchema(entrySchema),
      examples: { 'first page': { data: [entry], next_cursor: 'eyJmIjp7fSwicCI6N30.8mKq2bVw0nYd5sRt1uXzAg' } },
    },
    problems: [...LIST_PROBLEMS, 'not_found'],
  }),
  ...(['block', 'unblock'] as const).map((change) =>
    write({
      id: `${change}Account`,
      path: `/v1/accounts/:id/${change}`,
      tag,
      summary: change === 'block' ? 'Block an account' : 'Unblock an account',
      description: [
        change === 'block' ? 'It neither pays nor receives until it is unblocked.' : 'It pays and receives again.',
        'Waits for the outcome by default, for up to 5 s. What is so already stays so.',
      ].join(' '),
      movesMoney: false,
      pathParameters,
      body: { schema: changeBlockSchema, examples: { reason: { reason: 'Reported as stolen' } } },
      final: {
        description: 'The account is so',
        body: accountSchema,
        examples: { account: { ...account, status: change === 'block' ? 'blocked' : 'active', revision: 2 } },
      },
      accepted: {
        description: 'The change is accepted: posting it takes longer than the client waits',
        body: queuedBlockChangeSchema,
        examples: { queued: { account: EXAMPLE_IDS.customer, change, status: 'queued' } },
      },
      problems: ['not_found'],
    }),
  ),
]
