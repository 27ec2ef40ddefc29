import {
  deadLetterIdSchema,
  deadLetterSchema,
  discardDeadLetterSchema,
  fullDeadLetterSchema,
  queuedDeadLetterSchema,
  replayDeadLetterSchema,
  type DeadLetter,
  type FullDeadLetter,
} from '../dead-letters.ts'
import { EXAMPLE_IDS } from '../ids.ts'
import { listDeadLettersQuerySchema, pageSchema } from '../lists.ts'
import { LIST_PROBLEMS, read, write } from './operation.ts'

const tag = 'Operations'
const scope = 'ops'
const pathParameters = { id: deadLetterIdSchema }

const letter: DeadLetter = {
  id: 'command-3-1042',
  kind: 'command',
  state: 'open',
  reason: 'the message is not JSON',
  attempts: 1,
  first_at: '2026-11-27T09:00:00.000Z',
  last_at: '2026-11-27T09:00:00.000Z',
  version: 1,
  partition: 3,
  offset: 1042,
  payment_id: null,
  payload_bytes: 12,
  resolved_at: null,
  resolved_by: null,
  resolution: null,
}
const task: DeadLetter = {
  ...letter,
  id: 'task-019ac3f29a407e7f8d5c2b1a09f8e7d6',
  kind: 'bank_task',
  reason: 'the bank answered 500',
  attempts: 10,
  partition: null,
  offset: null,
  payment_id: EXAMPLE_IDS.payment,
  payload_bytes: 52,
}
const full: FullDeadLetter = { ...letter, key: 'k', payload: '{"type":"pay', payload_encoding: 'utf8' }
const resolved = {
  version: 2,
  resolved_at: '2026-11-27T10:00:00.000Z',
  resolved_by: { client_id: 1, key_id: '4v8m2c0d5ra7' },
}
const replayed: DeadLetter = { ...letter, ...resolved, state: 'replayed', resolution: 'Mended' }
const discarded: DeadLetter = { ...letter, ...resolved, state: 'discarded', resolution: 'A test message' }
const queued = { id: letter.id, status: 'queued' }

export const DEAD_LETTER_OPERATIONS = [
  read({
    id: 'listDeadLetters',
    path: '/v1/ops/dlq',
    tag,
    scope,
    summary: 'List dead letters',
    description:
      'Commands that the ledger could not post, and payments about which the bank was asked in vain, newest first.',
    query: listDeadLettersQuerySchema,
    answer: {
      description: 'A page',
      body: pageSchema(deadLetterSchema),
      examples: { 'last page': { data: [task, letter], next_cursor: null } },
    },
    problems: LIST_PROBLEMS,
  }),
  read({
    id: 'getDeadLetter',
    path: '/v1/ops/dlq/:id',
    tag,
    scope,
    summary: 'Read a dead letter',
    description: 'With its payload: up to 1 MiB, and a third more where it is no text.',
    pathParameters,
    answer: { description: 'The letter', body: fullDeadLetterSchema, examples: { poison: full } },
    problems: ['not_found'],
  }),
  write({
    id: 'replayDeadLetter',
    path: '/v1/ops/dlq/:id/replay',
    tag,
    scope,
    summary: 'Try a dead letter again',
    description: [
      'A command goes back into the log as it was: what the ledger has of it already is not posted again. Of a bank task,',
      'the bank is first asked what it has done. What fails again is open again, and has one attempt more.',
    ].join(' '),
    movesMoney: false,
    pathParameters,
    body: { schema: replayDeadLetterSchema, examples: { reason: { reason: 'Mended' }, 'no reason': {} } },
    final: { description: 'It is tried again', body: deadLetterSchema, examples: { replayed } },
    accepted: {
      description: 'It will be: that takes longer than the caller waits',
      body: queuedDeadLetterSchema,
      examples: { queued },
    },
    problems: ['not_found', 'dead_letter_closed', 'dead_letter_not_replayable'],
  }),
  write({
    id: 'discardDeadLetter',
    path: '/v1/ops/dlq/:id/discard',
    tag,
    scope,
    summary: 'Give a dead letter up',
    description: [
      'A command is forgotten. The payment of a bank task fails with `bank_unavailable`, and what it held is free again:',
      'only whoever knows that the bank has not moved the money may ask for that, and says so by `not_moved`.',
    ].join(' '),
    movesMoney: false,
    pathParameters,
    body: {
      schema: discardDeadLetterSchema,
      examples: {
        command: { reason: 'A test message' },
        'bank task': { reason: 'Asked by telephone', not_moved: true },
      },
    },
    final: { description: 'It is given up', body: deadLetterSchema, examples: { discarded } },
    accepted: {
      description: 'It will be: that takes longer than the caller waits',
      body: queuedDeadLetterSchema,
      examples: { queued },
    },
    problems: ['not_found', 'dead_letter_closed'],
  }),
]
