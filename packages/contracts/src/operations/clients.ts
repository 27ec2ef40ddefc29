import { clientSchema, createClientSchema, queuedClientSchema, type Client } from '../clients.ts'
import { pageQuerySchema, pageSchema } from '../lists.ts'
import { LIST_PROBLEMS, read, write } from './operation.ts'

const tag = 'Operations'
const scope = 'ops'

const client: Client = { id: 7, name: 'burger-bar', created_at: '2026-11-27T09:00:00.000Z' }

export const CLIENT_OPERATIONS = [
  write({
    id: 'createClient',
    path: '/v1/ops/clients',
    tag,
    scope,
    summary: 'Make a client',
    description:
      'Waits for it by default, for up to 5 s. With an `Idempotency-Key` a repetition makes nothing further. No two clients have one name.',
    movesMoney: false,
    body: { schema: createClientSchema, examples: { client: { name: 'burger-bar' } } },
    final: { description: 'The client is there', body: clientSchema, examples: { client } },
    accepted: {
      description: 'The client will be made: that takes longer than the caller waits',
      body: queuedClientSchema,
      examples: { queued: { name: 'burger-bar', status: 'queued' } },
    },
    problems: ['client_name_taken'],
  }),
  read({
    id: 'listClients',
    path: '/v1/ops/clients',
    tag,
    scope,
    summary: 'List clients',
    description: 'All clients, newest first.',
    query: pageQuerySchema,
    answer: {
      description: 'A page',
      body: pageSchema(clientSchema),
      examples: { 'last page': { data: [client], next_cursor: null } },
    },
    problems: LIST_PROBLEMS,
  }),
]
