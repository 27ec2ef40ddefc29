import {
  auditBatchPageSchema,
  auditReceiptSchema,
  auditRecordSchema,
  auditSubjectSchema,
  type AuditBatchPage,
  type AuditReceipt,
  type AuditRecord,
} from '../audit.ts'
import { EXAMPLE_IDS } from '../ids.ts'
import { listAuditQuerySchema, pageQuerySchema, pageSchema } from '../lists.ts'
import { LIST_PROBLEMS, read } from './operation.ts'

const tag = 'Operations'
const scope = 'ops'

const HASH = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'
const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
`
const recorded_at = '2026-11-27T09:00:00.000Z'
const origin = { seq: 17, partition: 3, offset: 1042 }
const body = {
  body: `{"specversion":"1.0","id":"${EXAMPLE_IDS.payment}.1","type":"payment.succeeded"}`,
  body_encoding: 'utf8',
} as const
const record: AuditRecord = {
  seq: 17,
  batch: 4,
  event_id: `${EXAMPLE_IDS.payment}.1`,
  type: 'payment.succeeded',
  subject: EXAMPLE_IDS.payment,
  recorded_at,
}
const header = {
  number: 4,
  first_seq: 17,
  made_at: recorded_at,
  previous_head: HASH,
  head: HASH,
  signature: HASH.repeat(2),
}
const batches: AuditBatchPage = {
  public_key: PUBLIC_KEY,
  data: [{ ...header, records: [{ ...origin, ...body, hash: HASH }] }],
  next_cursor: null,
}
const receipt: AuditReceipt = {
  subject: EXAMPLE_IDS.payment,
  public_key: PUBLIC_KEY,
  is_whole: true,
  records: [{ ...origin, ...body, path: [], batch: { ...header, count: 1 } }],
}

export const AUDIT_OPERATIONS = [
  read({
    id: 'listAuditRecords',
    path: '/v1/ops/audit',
    tag,
    scope,
    summary: 'List audit records',
    description: 'Every event that the cluster has told of, newest first: who did what, and when it was recorded.',
    query: listAuditQuerySchema,
    answer: {
      description: 'A page',
      body: pageSchema(auditRecordSchema),
      examples: { 'last page': { data: [record], next_cursor: null } },
    },
    problems: LIST_PROBLEMS,
  }),
  read({
    id: 'listAuditBatches',
    path: '/v1/ops/audit/batches',
    tag,
    scope,
    summary: 'Export the audit log',
    description:
      'Batch by batch, oldest first, with everything that is needed to check the chain without trusting this cluster.',
    query: pageQuerySchema,
    answer: { description: 'A page', body: auditBatchPageSchema, examples: { 'last page': batches } },
    problems: LIST_PROBLEMS,
  }),
  read({
    id: 'getAuditReceipt',
    path: '/v1/ops/audit/receipts/:id',
    tag,
    scope,
    summary: 'Prove what was recorded of a payment',
    description:
      'Every event about it, each with the hashes that lead to the signed head of its batch. Of an account with very many events, the newest hundred.',
    pathParameters: { id: auditSubjectSchema },
    answer: { description: 'The receipt', body: auditReceiptSchema, examples: { payment: receipt } },
    problems: ['not_found'],
  }),
]
