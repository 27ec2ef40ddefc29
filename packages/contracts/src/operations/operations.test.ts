import { describe, expect, it } from '@jest/globals'
import { RESOURCES } from '../resources.ts'
import { OPERATIONS } from './index.ts'

/** HEAD is GET without the body: one description is of both. */
const described = OPERATIONS.map(({ method, path }) => `${method} ${path}`)

describe('the description of the API', () => {
  it('has every route of RESOURCES, and nothing else', () => {
    const routes = Object.entries<readonly string[]>(RESOURCES).flatMap(([path, methods]) =>
      methods.filter((method) => method !== 'HEAD').map((method) => `${method} ${path}`),
    )
    expect(described.toSorted()).toEqual(routes.toSorted())
    expect(new Set(OPERATIONS.map(({ id }) => id)).size).toBe(OPERATIONS.length)
  })

  it.each(OPERATIONS)('$id has examples that its own schemas take', ({ body, answers, path, pathParameters = {} }) => {
    const shown = [body && { ...body, body: body.schema }, ...Object.values(answers)].flatMap((part) =>
      Object.entries(part?.examples ?? {}).map(([name, example]) => ({ name, example, schema: part?.body })),
    )
    const hasBody = body !== undefined || Object.values(answers).some((answer) => answer.body !== undefined)
    expect(shown.length > 0).toBe(hasBody)
    for (const { name, example, schema } of shown)
      expect([name, schema?.safeParse(example).error]).toEqual([name, undefined])
    expect(Object.keys(pathParameters)).toEqual(Array.from(path.matchAll(/:(\w+)/g), ([, name]) => name))
  })

  it.each(OPERATIONS)('$id names no problem twice', ({ problems }) => {
    expect(new Set(problems).size).toBe(problems.length)
  })

  it('leads on to operations that there are', () => {
    const ids = OPERATIONS.map(({ id }) => id)
    for (const { links = [] } of OPERATIONS) for (const { operation } of links) expect(ids).toContain(operation)
  })
})
