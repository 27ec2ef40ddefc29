import { PROBLEMS, type Problem, type ProblemCode } from '@paycluster/contracts'
import { answerHeaders, problemHeaders } from '@paycluster/contracts/operations'
import { z } from 'zod'
import type { ZodOpenApiResponseObject } from 'zod-openapi'
import { toExamples } from './examples.ts'

/** The problems of one document. Operations that have the same codes at a status share the answer. */
export class ProblemResponses {
  readonly #byCodes = new Map<string, ZodOpenApiResponseObject>()

  /** One answer a status: a body with another code than these does not fit it. */
  of(codes: readonly ProblemCode[]): Record<string, ZodOpenApiResponseObject> {
    const byStatus = Map.groupBy(codes.toSorted(), (code) => PROBLEMS[code].status)
    return Object.fromEntries([...byStatus].map(([status, ofStatus]) => [status, this.#at(status, ofStatus)]))
  }

  #at(status: number, codes: readonly ProblemCode[]): ZodOpenApiResponseObject {
    const id = codes.join('.')
    const response = this.#byCodes.get(id) ?? problemResponse(id, status, codes)
    this.#byCodes.set(id, response)
    return response
  }
}

function problemResponse(id: string, status: number, codes: readonly ProblemCode[]): ZodOpenApiResponseObject {
  return {
    id,
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('  \n'),
    headers: z.object({ ...answerHeaders, ...problemHeaders[status] }),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { properties: { status: { const: status }, code: { enum: [...codes] } } },
          ],
        },
        examples: toExamples(Object.fromEntries(codes.map((code) => [code, exampleOf(code)]))),
      },
    },
  }
}

function exampleOf(code: ProblemCode): Problem {
  const { status, title, retryable } = PROBLEMS[code]
  const problem = {
    type: 'about:blank',
    title,
    status,
    detail: `${title}.`,
    code,
    request_id: 'order-1042-a',
    retryable,
  }
  return code === 'validation_failed'
    ? {
        ...problem,
        errors: [{ pointer: '/amount', code: 'too_small', detail: 'Too small: expected number to be >=1' }],
      }
    : problem
}
