import { clientIdSchema } from '../clients.ts'
import { clientTermsSchema, queuedTermsSchema, setClientTermsSchema, type ClientTerms } from '../terms.ts'
import { read, write } from './operation.ts'

const tag = 'Operations'
const scope = 'ops'
const path = '/v1/ops/clients/:id/terms'
const pathParameters = { id: clientIdSchema }

const terms: ClientTerms = {
  client: 7,
  commissions: { deposit: 150, withdrawal: null, card: 120 },
  limits: [{ currency: 'USD', per_payment: null, per_day: 1_000_000 }],
  revision: 1,
}

export const TERM_OPERATIONS = [
  write({
    id: 'setClientTerms',
    path,
    tag,
    scope,
    summary: 'Say what a client may spend, and what a bank’s services cost it',
    description: [
      'Commissions in basis points on what its accounts receive by a bank or a card, and pay out; and by currency the most',
      'that one payment, and all payments of a day of UTC, may come to over all of its accounts. A payment beyond them fails',
      'with `limit_exceeded`. An account’s own limits count as well. Waits by default, for up to 5 s.',
    ].join(' '),
    movesMoney: false,
    pathParameters,
    body: {
      schema: setClientTermsSchema,
      examples: {
        terms: {
          commissions: { deposit: 150, card: 120 },
          limits: [{ currency: 'USD', per_day: 1_000_000 }],
          reason: 'Contract',
        },
      },
    },
    final: { description: 'The terms count', body: clientTermsSchema, examples: { terms } },
    accepted: {
      description: 'They will count: that takes longer than the caller waits',
      body: queuedTermsSchema,
      examples: { queued: { client: 7, status: 'queued' } },
    },
    problems: ['not_found'],
  }),
  read({
    id: 'readClientTerms',
    path,
    tag,
    scope,
    summary: 'Read what a client may spend, and what a bank’s services cost it',
    description: 'What is null is as the cluster’s settings have it, or is no limit.',
    pathParameters,
    answer: { description: 'The terms', body: clientTermsSchema, examples: { terms } },
    problems: ['not_found'],
  }),
]
