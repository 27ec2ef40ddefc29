import {
  createKeySchema,
  issuedKeySchema,
  keyIdSchema,
  keySchema,
  queuedKeySchema,
  queuedRevocationSchema,
  revokeKeySchema,
  rotateKeySchema,
  type CreateKeyBody,
  type IssuedKey,
  type Key,
  type QueuedKey,
} from '../keys.ts'
import { listKeysQuerySchema, pageSchema } from '../lists.ts'
import { LIST_PROBLEMS, read, write } from './operation.ts'

const tag = 'Operations'
const scope = 'ops'
const pathParameters = { id: keyIdSchema }

const key: Key = {
  id: '4v8m2c0d5ra7',
  client_id: 7,
  scopes: ['payments:write', 'payments:read'],
  limit_tier: 'standard',
  signature_required: false,
  status: 'active',
  version: 1,
  created_at: '2026-11-27T09:00:00.000Z',
  expires_at: '2027-11-27T00:00:00.000Z',
  revoked_at: null,
}
const issued: IssuedKey = {
  ...key,
  api_key: 'sk_test_4v8m2c0d5ra7_2kf9nt4hg5v7q2m8cd0x5ra3p1',
  signing_secret: 'r2Zl0mFqSg3c5yQwXn8bT1vKj7dHu6aEoPi9sLfVxYM',
  notice: 'Keep the secrets: they are shown this once, and stored nowhere.',
}
const again: IssuedKey = {
  ...key,
  api_key: null,
  signing_secret: null,
  notice: 'The secrets were shown in the first answer, and are stored nowhere: rotate the key for new ones.',
}
const queued: QueuedKey = {
  id: key.id,
  status: 'queued',
  api_key: issued.api_key,
  signing_secret: null,
  notice: 'The key works once it is in the ledger.',
}
const paying: CreateKeyBody = {
  client_id: 7,
  scopes: ['payments:write', 'payments:read'],
  expires_at: '2027-11-27T00:00:00Z',
}

export const KEY_OPERATIONS = [
  write({
    id: 'createKey',
    path: '/v1/ops/keys',
    tag,
    scope,
    summary: 'Make a key',
    description: [
      'Its secrets are in this answer and nowhere else: an answer to the same `Idempotency-Key` that comes again has none,',
      'and says so. Waits for the key by default, for up to 5 s.',
    ].join(' '),
    movesMoney: false,
    body: {
      schema: createKeySchema,
      examples: {
        paying,
        operating: { client_id: 7, scopes: ['ops'], signature_required: true, limit_tier: 'sandbox' },
      },
    },
    final: { description: 'The key works', body: issuedKeySchema, examples: { issued, again } },
    accepted: {
      description: 'The key will be made: that takes longer than the caller waits',
      body: queuedKeySchema,
      examples: { queued },
    },
    problems: ['not_found'],
  }),
  read({
    id: 'listKeys',
    path: '/v1/ops/keys',
    tag,
    scope,
    summary: 'List keys',
    description: 'The keys of all clients or of one, newest first, revoked and expired ones included. Never a secret.',
    query: listKeysQuerySchema,
    answer: {
      description: 'A page',
      body: pageSchema(keySchema),
      examples: { 'last page': { data: [key], next_cursor: null } },
    },
    problems: LIST_PROBLEMS,
  }),
  write({
    id: 'rotateKey',
    path: '/v1/ops/keys/:id/rotate',
    tag,
    scope,
    summary: 'Give a key another secret',
    description: [
      'The old secret and the old signing secret are worth nothing any more, at the gateway within 10 s. The new ones are',
      'in this answer and nowhere else.',
    ].join(' '),
    movesMoney: false,
    pathParameters,
    body: { schema: rotateKeySchema, examples: { nothing: {} } },
    final: { description: 'The key has its new secret', body: issuedKeySchema, examples: { issued, again } },
    accepted: {
      description: 'The key will have its new secret: that takes longer than the caller waits',
      body: queuedKeySchema,
      examples: { queued },
    },
    problems: ['not_found', 'key_inactive'],
  }),
  write({
    id: 'revokeKey',
    path: '/v1/ops/keys/:id/revoke',
    tag,
    scope,
    summary: 'Revoke a key',
    description: [
      'For ever, and at the gateway within 10 s. What is revoked already stays so. The last key that may operate the',
      'cluster is not revoked.',
    ].join(' '),
    movesMoney: false,
    pathParameters,
    body: { schema: revokeKeySchema, examples: { reason: { reason: 'Found in a repository' }, 'no reason': {} } },
    final: {
      description: 'The key is revoked',
      body: keySchema,
      examples: { revoked: { ...key, status: 'revoked', revoked_at: '2026-11-28T09:00:00.000Z' } },
    },
    accepted: {
      description: 'The key will be revoked: that takes longer than the caller waits',
      body: queuedRevocationSchema,
      examples: { queued: { id: key.id, status: 'queued' } },
    },
    problems: ['not_found', 'last_ops_key'],
  }),
]
