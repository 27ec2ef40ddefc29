import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createOpenApiDocument } from '@paycluster/api-docs/openapi-document'
import { writeDocs } from '@paycluster/api-docs/write-docs'
import { expectProblem } from './test/expect-problem.ts'
import { send } from './test/send.ts'
import { makeFolder, startGateway, type Gateway } from './test/start-gateway.ts'

const folder = makeFolder()
let gateway: Gateway

beforeAll(async () => {
  const DOCS_DIR = join(folder, 'docs')
  writeDocs(DOCS_DIR)
  gateway = await startGateway(folder, { DOCS_DIR })
})
afterAll(async () => {
  await gateway.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('the documentation', () => {
  it('is configured without a warning, as is the rest of the gateway', () => {
    expect(gateway.log()).not.toContain('[warn]')
  })

  it('is the document that the schemas make, without a key and without a service', async () => {
    const generated: unknown = JSON.parse(JSON.stringify(createOpenApiDocument()))
    for (const path of ['/docs/openapi.json', '/openapi.json']) {
      const answer = await send(gateway.port, path)
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json'])
      expect(JSON.parse(answer.body)).toEqual(generated)
    }
  })

  it('is shown by a page that has all it needs here, and may get nothing from elsewhere', async () => {
    const page = await send(gateway.port, '/docs')
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/)
    expect(page.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' })
    expect(page.headers['x-request-id']).toBeDefined()
    const references = Array.from(page.body.matchAll(/(?:href|src)="([^"]*)"/g), ([, path = '']) => path)
    const files = references.filter((path) => path !== 'data:,')
    expect(files.length).toBeGreaterThan(2)
    const types: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css' }
    for (const path of files) {
      const file = await send(gateway.port, path)
      const type = types[path.split('.').at(-1) ?? ''] ?? 'no such type'
      expect([path, file.status, file.headers['content-type']]).toEqual([path, 200, `${type}; charset=utf-8`])
      const headers = { 'if-none-match': file.headers.etag ?? '' }
      expect((await send(gateway.port, path, { headers })).status).toBe(304)
    }
    expect((await send(gateway.port, '/docs/')).body).toBe(page.body)
  })

  it('is nothing but its own files', async () => {
    for (const path of ['/docs/nothing.js', '/docs/%2e%2e/nginx.pid', '/docs/a/b'])
      expectProblem(await send(gateway.port, path), 'not_found')
    for (const method of ['POST', 'DELETE', 'OPTIONS'])
      expectProblem(await send(gateway.port, '/docs/page.js', { method }), 'method_not_allowed')
    expect(await send(gateway.port, '/docs', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
  })
})
