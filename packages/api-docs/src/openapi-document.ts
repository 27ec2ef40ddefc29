/** The OpenAPI 3.1 document of the API, made of the descriptions and schemas in packages/contracts. */
import { OPERATIONS, type Operation, type OperationAnswer } from '@paycluster/contracts/operations'
import { problemSchema, SCOPES } from '@paycluster/contracts'
import { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponseObject } from 'zod-openapi'
import { DESCRIPTION } from './description.ts'
import { toExamples } from './examples.ts'
import { ProblemResponses } from './problem-responses.ts'

type OpenApiDocument = ReturnType<typeof createDocument>

/** Makes the document: the same one each time. */
export function createOpenApiDocument(): OpenApiDocument {
  return createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'payment-cluster',
        version: '1',
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'The gateway that serves this document' }],
      tags: [
        { name: 'Payments', description: 'Money from one account to another' },
        { name: 'Banks', description: 'Money from a bank to an account, and back' },
        { name: 'Accounts', description: 'Wallets, their balances and statements' },
        { name: 'Webhooks', description: 'Where a client is told of what happens' },
        { name: 'Operations', description: 'Who may call: clients and their keys. For keys with the scope `ops`' },
      ],
      paths: paths(),
      components: {
        schemas: { Problem: problemSchema },
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'A key `sk_…`, with the scopes ' + SCOPES.join(', ') },
          signature: {
            type: 'apiKey',
            in: 'header',
            name: 'X-Signature',
            description:
              'Of a key that demands it: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<raw body>">`, worth 300 s',
          },
        },
      },
    },
    {
      // Zod's pattern of a time is longer than all that is said around it; that of a number is of its text.
      override: ({ jsonSchema }) => {
        if (jsonSchema.format === 'date-time' || jsonSchema.type === 'integer') delete jsonSchema.pattern
      },
    },
  )
}

function paths(): Record<string, Record<string, ZodOpenApiOperationObject>> {
  const problems = new ProblemResponses()
  const byPath: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const operation of OPERATIONS) {
    const methods = (byPath[operation.path.replaceAll(/:(\w+)/g, '{$1}')] ??= {})
    methods[operation.method.toLowerCase()] = toOpenApi(operation, problems)
  }
  return byPath
}

function toOpenApi(operation: Operation, problems: ProblemResponses): ZodOpenApiOperationObject {
  const { id, tag, summary, description, scope, pathParameters, query, headers, body, method } = operation
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: `${description}\n\nScope: \`${scope}\``,
    // Reads are not signed.
    security: method === 'GET' ? [{ key: [] }] : [{ key: [] }, { key: [], signature: [] }],
    requestParams: {
      ...(pathParameters === undefined ? {} : { path: z.object(pathParameters) }),
      ...(query === undefined ? {} : { query }),
      header: z.object(headers),
    },
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: body.isOptional !== true,
            content: {
              [body.contentType ?? 'application/json']: { schema: body.schema, examples: toExamples(body.examples) },
            },
          },
        }),
    responses: { ...answersOf(operation), ...problems.of(operation.problems) },
  }
}

function contentOf(
  body: OperationAnswer['body'],
  examples: Readonly<Record<string, unknown>>,
  files: NonNullable<OperationAnswer['files']>,
): Pick<ZodOpenApiResponseObject, 'content'> {
  const content = {
    ...(body === undefined ? {} : { 'application/json': { schema: body, examples: toExamples(examples) } }),
    ...Object.fromEntries(
      // Without a schema: it is bytes.
      Object.entries(files).map(([type, example]) => [
        type,
        example === undefined ? {} : { schema: z.string(), example },
      ]),
    ),
  }
  return Object.keys(content).length === 0 ? {} : { content }
}

function answersOf({ answers, links = [] }: Operation): Record<string, ZodOpenApiResponseObject> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, headers, body, examples = {}, files = {} }]) => [
      status,
      {
        description,
        headers: z.object(headers),
        ...contentOf(body, examples, files),
        ...(links.length === 0
          ? {}
          : {
              links: Object.fromEntries(
                links.map(({ operation, parameters }) => [operation, { operationId: operation, parameters }]),
              ),
            }),
      },
    ]),
  )
}
