import { connect } from 'node:net'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { problemSchema, type Problem } from '@paycluster/contracts'
import { createLogger } from '../logging.ts'
import { createHttpAdapter } from './http-adapter.ts'
import { ProblemAnswers } from './problem-answers.ts'
import { ProblemFilter } from './problem-filter.ts'
import { refuseUnreadableQueries } from './unreadable-queries.ts'

@Module({})
class NoModule {}

let app: NestFastifyApplication
let port: number
beforeAll(async () => {
  app = await NestFactory.create<NestFastifyApplication>(NoModule, createHttpAdapter(), { logger: false })
  const server = app.getHttpAdapter().getInstance()
  refuseUnreadableQueries(server)
  server.get('/things', (request) => request.query)
  app.useGlobalFilters(new ProblemFilter(new ProblemAnswers(createLogger('test', 'fatal'))))
  await app.listen(0, '127.0.0.1')
  port = Number(new URL(await app.getUrl()).port)
})
afterAll(() => app.close())

/** Byte for byte, as no client of good manners would send it. */
function get(query: string): Promise<{ status: number; body: unknown; type: string }> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET /things?${query} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, 'latin1'),
    )
    socket.on('data', (chunk) => (answer += chunk.toString('utf8')))
    socket.on('error', reject)
    socket.on('close', () => {
      const [head = '', body = ''] = answer.split('\r\n\r\n')
      const type = /content-type: ([^;\r]*)/i.exec(head)?.[1] ?? ''
      resolve({ status: Number(head.split(' ')[1]), body: JSON.parse(body), type })
    })
  })
}

async function refused(query: string): Promise<Problem> {
  const { status, body, type } = await get(query)
  expect([status, type]).toEqual([400, 'application/problem+json'])
  return problemSchema.parse(body)
}

describe('a query', () => {
  it.each([
    ['a byte that UTF-8 does not have', 'a=%ff'],
    ['a character that breaks off', 'a=%e2%82'],
    ['a character that another one interrupts', 'a=%c3x'],
    ['an overlong form', 'a=%c0%af'],
    ['a surrogate', 'a=%ed%a0%80'],
    ['a percent sign that escapes nothing', 'a=100%'],
    ['a percent sign before something else', 'a=%zz'],
  ])('with %s is refused, and the parameter named', async (_, query) => {
    const problem = await refused(`ok=1&${query}&b=2`)
    expect(problem.code).toBe('invalid_parameter')
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['a'])
  })

  it('with a name that cannot be read is refused', async () => {
    expect(await refused('%ff=1')).toMatchObject({ code: 'invalid_parameter', errors: [{ pointer: '' }] })
  })

  it('with bytes that no address has is refused, were they UTF-8', async () => {
    for (const query of ['a=caf\xc3\xa9', 'a=\xff']) expect((await refused(query)).status).toBe(400)
  })

  it('that is percent-encoded UTF-8 is read', async () => {
    const expected = { a: 'naïve 💳 100%', b: '' }
    expect((await get('a=na%C3%AFve+%F0%9F%92%B3%20100%25&b=')).body).toEqual(expected)
  })
})
