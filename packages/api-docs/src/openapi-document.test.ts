import { describe, expect, it } from '@jest/globals'
import { PROBLEMS, RESOURCES } from '@paycluster/contracts'
import { OPERATIONS } from '@paycluster/contracts/operations'
import { Validator } from '@seriousme/openapi-schema-validator'
import { z } from 'zod'
import { createOpenApiDocument } from './openapi-document.ts'

const document = createOpenApiDocument()
const text = JSON.stringify(document)
const problems = z.record(
  z.string(),
  z.object({
    content: z.object({ 'application/problem+json': z.object({ examples: z.record(z.string(), z.unknown()) }) }),
  }),
)
const operations = Object.values(document.paths ?? {}).flatMap((path) =>
  [path.get, path.post, path.patch, path.delete].filter((o) => !!o),
)

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1, and the same each time', async () => {
    expect(await new Validator().validate(JSON.parse(text) as Record<string, unknown>)).toEqual({ valid: true })
    expect(document.openapi).toMatch(/^3\.1\./)
    expect(JSON.stringify(createOpenApiDocument())).toBe(text)
  })

  it('has every resource and every operation', () => {
    const paths = Object.keys(RESOURCES).map((path) => path.replace(/:(\w+)/, '{$1}'))
    expect(Object.keys(document.paths ?? {}).toSorted()).toEqual(paths.toSorted())
    expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(
      OPERATIONS.map(({ id }) => id).toSorted(),
    )
  })

  it('refers to nothing that is not in it', () => {
    for (const [, name = ''] of text.matchAll(/"\$ref":"#\/([^"]*)"/g)) {
      const found = name.split('/').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], document)
      expect([name, typeof found]).toEqual([name, 'object'])
    }
  })

  it('names what can go wrong by operation, with an example of each', () => {
    const pay = document.paths?.['/v1/payments']?.post?.responses
    expect(Object.keys(pay ?? {})).toEqual(expect.arrayContaining(['201', '202', '400', '401', '404', '422', '503']))
    for (const { content } of Object.values(problems.parse(document.components?.responses))) {
      const examples = Object.entries(content['application/problem+json'].examples)
      expect(examples.length).toBeGreaterThan(0)
      for (const [code, example] of examples)
        expect(example).toMatchObject({ value: { code, status: PROBLEMS[code as keyof typeof PROBLEMS].status } })
    }
  })

  it('describes a page parameter as the number that a client writes', () => {
    const limit = document.paths?.['/v1/payments']?.get?.parameters?.find((p) => 'name' in p && p.name === 'limit')
    expect(limit).toMatchObject({ in: 'query', schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 } })
    expect(limit).not.toHaveProperty('required', true)
  })
})
