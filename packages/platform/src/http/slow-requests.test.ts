import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fastify, { type FastifyInstance } from 'fastify'
import { createLogger } from '../logging.ts'
import { ProblemAnswers } from './problem-answers.ts'
import { boundRequests } from './slow-requests.ts'

const BOUND_MS = 200

let server: FastifyInstance
beforeEach(async () => {
  server = fastify()
  boundRequests(server, new ProblemAnswers(createLogger('test', 'fatal')), BOUND_MS, ({ url }) => url === '/slow')
  for (const path of ['/slow', '/quick']) server.post(path, ({ body }) => ({ body }))
  await server.listen({ port: 0, host: '127.0.0.1' })
})
afterEach(() => server.close())

interface Sent {
  readonly answer: Promise<{ status: number; body: string }>
  end(): void
}

/** Begins to send, and goes on when it is told to. */
function begin(path: string): Sent {
  const { port } = server.server.address() as { port: number }
  const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
  const sent = request({ port, path, method: 'POST', headers })
  const answer = new Promise<{ status: number; body: string }>((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body })
      })
    })
  })
  sent.write('{"a"')
  return { answer, end: () => sent.end(':1}') }
}

describe('a request that does not arrive', () => {
  it('is answered 408, unless it may take its time', async () => {
    const [slow, quick] = [begin('/slow'), begin('/quick')]
    const { status, body } = await quick.answer
    expect([status, JSON.parse(body)]).toMatchObject([408, { code: 'request_timeout', retryable: true }])
    slow.end()
    expect(await slow.answer).toEqual({ status: 200, body: '{"body":{"a":1}}' })
  })

  it('is one that has arrived in time', async () => {
    const quick = begin('/quick')
    quick.end()
    expect(await quick.answer).toMatchObject({ status: 200 })
  })
})
