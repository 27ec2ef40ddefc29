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
import {
  listAccountsQuerySchema,
  listEntriesQuerySchema,
  pageSchema,
  readBalanceQuerySchema,
  statementQuerySchema,
} from '../lists.ts'
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
  read({
    id: 'readStatement',
    path: '/v1/accounts/:id/statement',
    tag,
    summary: 'Download a statement',
    description: [
      'A file to keep: what the account held before the period, every entry of it, oldest first, with its payment’s',
      'reference and the balance after it, totals, what it held then. Of one state of the account, as CSV (RFC 4180) or PDF,',
      'by `format` or `Accept`. A period that has passed gives the same bytes each time. In CSV, a reference that a',
      'spreadsheet would take for a formula begins with an apostrophe. A PDF has 5,000 entries at most, CSV a million.',
    ].join(' '),
    pathParameters,
    query: statementQuerySchema,
    answer: {
      description: 'The file',
      files: {
        'text/csv': [
          'line,seq,time,kind,payment_id,reference,currency,amount_minor,amount,balance_minor,balance,pending_amount_minor,pending_minor',
          'opening,,2026-11-27T00:00:00.000Z,,,,USD,,,100000,1000.00,,0',
          `entry,7,2026-11-27T09:00:01.204Z,payment,${EXAMPLE_IDS.payment},order-1042,USD,-1250,-12.50,98750,987.50,0,0`,
          'total_in,,,,,,USD,0,0.00,,,,',
          'total_out,,,,,,USD,-1250,-12.50,,,,',
          'closing,,2026-11-28T00:00:00.000Z,,,,USD,,,98750,987.50,,0',
        ].join('\r\n'),
        'application/pdf': undefined,
      },
    },
    problems: ['invalid_parameter', 'not_found'],
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
