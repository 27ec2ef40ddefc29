/**
 * How an operation of the API is described: what it takes, what it answers, what can go wrong. The documentation is made
 * of it, the contract tests are driven by it; the schemas in it are those that validate.
 */
import type { z } from 'zod'
import type { Scope } from '../identity.ts'
import type { ProblemCode } from '../problem.ts'
import type { RESOURCES } from '../resources.ts'
import {
  acceptedHeaders,
  answerHeaders,
  currentAnswerHeaders,
  currentReadHeaders,
  finalHeaders,
  liveAnswerHeaders,
  moneyHeaders,
  otherWriteHeaders,
  readAnswerHeaders,
  readHeaders,
  requestHeaders,
} from './headers.ts'

/** An answer that is no problem. */
export interface OperationAnswer {
  readonly description: string
  readonly headers: z.ZodRawShape
  /** JSON; none for an answer without a body. */
  readonly body?: z.ZodType
  /** Bodies that are no JSON, by media type, each with an example; undefined for one that cannot be shown. */
  readonly files?: Readonly<Record<string, string | undefined>>
  /** Bodies by a name; each fits the schema. */
  readonly examples?: Readonly<Record<string, unknown>>
}

/** A further request that an answer leads to: values are OpenAPI's runtime expressions. */
export interface OperationLink {
  readonly operation: string
  readonly parameters: Readonly<Record<string, string>>
}

export interface Operation {
  /** In camel case; unique. */
  readonly id: string
  readonly path: keyof typeof RESOURCES
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly tag: string
  readonly summary: string
  /** Markdown. */
  readonly description: string
  readonly scope: Scope
  readonly pathParameters?: z.ZodRawShape
  readonly query?: z.ZodObject
  readonly headers: z.ZodRawShape
  readonly body?: {
    readonly schema: z.ZodType
    readonly examples: Readonly<Record<string, unknown>>
    /** `application/json` where it is absent. */
    readonly contentType?: 'text/csv'
    /** No body is the same as an empty object. */
    readonly isOptional?: boolean
  }
  /** By status. */
  readonly answers: Readonly<Record<number, OperationAnswer>>
  readonly links?: readonly OperationLink[]
  readonly problems: readonly ProblemCode[]
}

/** What the gateway and every service answer with, whatever is asked. */
const COMMON_PROBLEMS = [
  'malformed_request',
  'unknown_parameter',
  'unauthorized',
  'forbidden',
  'request_timeout',
  'payload_too_large',
  'uri_too_long',
  'rate_limited',
  'headers_too_large',
  'internal_error',
  'not_implemented',
  'bad_gateway',
  'overloaded',
  'unavailable',
  'gateway_timeout',
] as const satisfies readonly ProblemCode[]

const READ_PROBLEMS = ['invalid_consistency_token', 'replica_lag'] as const satisfies readonly ProblemCode[]
export const LIST_PROBLEMS = ['invalid_parameter', 'invalid_cursor'] as const satisfies readonly ProblemCode[]

const SIGNATURE_PROBLEMS = [
  'signature_missing',
  'signature_invalid',
  'signature_expired',
] as const satisfies readonly ProblemCode[]
const BODY_PROBLEMS = [
  'malformed_json',
  'unsupported_media_type',
  'validation_failed',
] as const satisfies readonly ProblemCode[]
const WRITE_PROBLEMS = [
  ...BODY_PROBLEMS,
  ...SIGNATURE_PROBLEMS,
  'idempotency_key_invalid',
  'invalid_preference',
  'idempotency_key_reused',
] as const satisfies readonly ProblemCode[]

type Given<Fixed extends keyof Operation> = Omit<Operation, Fixed | 'problems'> & {
  /** Besides those that all of its kind have. */
  readonly problems?: readonly ProblemCode[]
}

interface Read extends Given<'method' | 'scope' | 'headers' | 'answers'> {
  /** `payments:read` by default. */
  readonly scope?: Scope
  readonly answer: Pick<OperationAnswer, 'description' | 'body' | 'examples' | 'files'>
}

/** Describes a GET, and with it the HEAD. */
export function read({ answer, scope = 'payments:read', problems = [], ...operation }: Read): Operation {
  return {
    ...operation,
    method: 'GET',
    scope,
    headers: readHeaders,
    answers: {
      200: { ...answer, headers: readAnswerHeaders },
      304: { description: 'The client has this state already', headers: readAnswerHeaders },
    },
    problems: [...COMMON_PROBLEMS, ...READ_PROBLEMS, ...problems],
  }
}

interface Write extends Given<'method' | 'scope' | 'headers' | 'answers'> {
  /** `payments:write` by default. */
  readonly scope?: Scope
  readonly movesMoney: boolean
  /** 201. */
  readonly final: Pick<OperationAnswer, 'description' | 'body' | 'examples'>
  /** 202. */
  readonly accepted: Pick<OperationAnswer, 'description' | 'body' | 'examples'>
}

/** Describes a POST that goes through the log: 202 when it is durable, 201 when the client waited for its end. */
export function write({
  movesMoney,
  final,
  accepted,
  scope = 'payments:write',
  problems = [],
  ...operation
}: Write): Operation {
  return {
    ...operation,
    method: 'POST',
    scope,
    headers: movesMoney ? moneyHeaders : otherWriteHeaders,
    answers: {
      201: { ...final, headers: finalHeaders },
      202: { ...accepted, headers: acceptedHeaders },
    },
    problems: [...COMMON_PROBLEMS, ...WRITE_PROBLEMS, ...problems],
  }
}

/** Describes a GET, and with it the HEAD, of what is never older than its last change. */
export function readCurrent({ answer, scope = 'payments:read', problems = [], ...operation }: Read): Operation {
  return {
    ...operation,
    method: 'GET',
    scope,
    headers: currentReadHeaders,
    answers: {
      200: { ...answer, headers: currentAnswerHeaders },
      304: { description: 'The client has this state already', headers: currentAnswerHeaders },
    },
    problems: [...COMMON_PROBLEMS, ...problems],
  }
}

interface Change extends Given<'scope' | 'headers' | 'answers'> {
  /** `payments:write` by default. */
  readonly scope?: Scope
  /** Headers besides those of every request. */
  readonly headers?: z.ZodRawShape
  readonly status: 200 | 201 | 202 | 204
  readonly answer: Pick<OperationAnswer, 'description' | 'body' | 'examples'> & { readonly headers?: z.ZodRawShape }
}

/** Describes what is done when it is answered, and moves no money. */
export function change({
  status,
  answer,
  headers = {},
  scope = 'payments:write',
  problems = [],
  ...operation
}: Change): Operation {
  return {
    ...operation,
    scope,
    headers: { ...requestHeaders, ...headers },
    answers: { [status]: { ...answer, headers: { ...answerHeaders, ...answer.headers } } },
    problems: [
      ...COMMON_PROBLEMS,
      ...SIGNATURE_PROBLEMS,
      ...(operation.body === undefined ? [] : BODY_PROBLEMS),
      ...problems,
    ],
  }
}

/** Describes a GET, and with it the HEAD, of what is looked up for the answer and kept nowhere. */
export function readLive({ answer, scope = 'payments:read', problems = [], ...operation }: Read): Operation {
  return {
    ...operation,
    method: 'GET',
    scope,
    headers: requestHeaders,
    answers: { 200: { ...answer, headers: liveAnswerHeaders } },
    problems: [...COMMON_PROBLEMS, ...problems],
  }
}
