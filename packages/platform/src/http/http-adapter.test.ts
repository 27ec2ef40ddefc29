import { connect } from 'node:net'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { afterEach, describe, expect, it } from '@jest/globals'
import { problemSchema, type ProblemCode } from '@paycluster/contracts'
import { createLogger } from '../logging.ts'
import { createHttpAdapter, type AdapterOptions } from './http-adapter.ts'
import { readJsonBodies } from './json-body.ts'
import { ProblemAnswers } from './problem-answers.ts'
import { ProblemFilter } from './problem-filter.ts'

@Module({})
class NoModule {}

let app: NestFastifyApplication | undefined
afterEach(() => app?.close())

/** A service that says what it was sent, and its port. */
async function start(options: AdapterOptions = {}): Promise<number> {
  app = await NestFactory.create<NestFastifyApplication>(NoModule, createHttpAdapter(options), {
    logger: false,
    bodyParser: false,
  })
  const server = app.getHttpAdapter().getInstance()
  readJsonBodies(server, 1024)
  server.get('/things/:id', (request) => ({ id: (request.params as { id: string }).id.length }))
  server.post('/things', (request) => ({ body: request.body }))
  app.useGlobalFilters(new ProblemFilter(new ProblemAnswers(createLogger('test', 'fatal'))))
  await app.listen(0, '127.0.0.1')
  return Number(new URL(await app.getUrl()).port)
}

/** Writes bytes, then at most the drip until an answer comes, and reads until the service closes. */
function sendRaw(port: number, text: string, drip?: { readonly text: string; readonly everyMs: number }) {
  return new Promise<string>((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'))
    const dripping = drip === undefined ? undefined : setInterval(() => socket.write(drip.text), drip.everyMs)
    socket.on('data', (chunk) => {
      // A drip into a connection that the service has closed would be an error of its own.
      clearInterval(dripping)
      answer += chunk.toString('latin1')
    })
    socket.on('error', reject)
    socket.on('close', () => {
      clearInterval(dripping)
      resolve(answer)
    })
  })
}

function expectProblem(answer: string, status: number, code: ProblemCode): void {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*content-type: application/problem\\+json`))
  const problem = problemSchema.parse(JSON.parse(body))
  expect(problem).toMatchObject({ status, code })
  expect(head).toContain(`x-request-id: ${problem.request_id}`)
}

const ask = (headers: string, body = ''): string =>
  `${body === '' ? 'GET /things/a' : 'POST /things'} HTTP/1.1\r\nHost: a\r\nX-Request-Id: rid-1\r\n${headers}\r\n\r\n${body}`

describe('the HTTP side of a service', () => {
  it('looks at ids of any length, and takes the headers that the gateway takes', async () => {
    const port = await start()
    expect(await (await fetch(`http://127.0.0.1:${port}/things/${'x'.repeat(8000)}`)).json()).toEqual({ id: 8000 })
    const lines = ['a', 'b', 'c', 'd'].map((name) => `X-${name}: ${'v'.repeat(8100)}`).join('\r\n')
    expect(await sendRaw(port, ask(`${lines}\r\nConnection: close`))).toMatch(/^HTTP\/1.1 200 /)
  })

  it('answers what is no request as a problem, under the id that the gateway gave it', async () => {
    const port = await start()
    for (const control of ['\u0001', '\u000b', '\u007f'])
      expectProblem(await sendRaw(port, ask(`X-Note: a${control}b`)), 400, 'malformed_request')
    expect(await sendRaw(port, ask('X-Note: \u0001'))).toContain('"request_id":"rid-1"')
    expectProblem(await sendRaw(port, ask(`X-Note: ${'v'.repeat(60_000)}`)), 431, 'headers_too_large')
  })

  it('ends a body that comes too slowly, however steadily', async () => {
    const port = await start({ requestTimeoutMs: 300, timeoutCheckMs: 50 })
    const slow = ask('Content-Type: application/json\r\nContent-Length: 1000', ' ')
    expectProblem(await sendRaw(port, slow, { text: ' ', everyMs: 20 }), 408, 'request_timeout')
  })

  it.each([
    ['application/json', 'identity', 200],
    ['Application/JSON; charset=UTF-8', 'identity', 200],
    ['application/json; charset="utf-8"', 'Identity', 200],
    ['application/json; charset=utf-16', 'identity', 415],
    ['application/json; x=y; charset=latin1', 'identity', 415],
    ['application/json', 'gzip', 415],
    ['text/plain', 'identity', 415],
  ])('takes %s with the encoding %s: %i', async (type, encoding, status) => {
    const headers = { 'content-type': type, 'content-encoding': encoding }
    const answer = await fetch(`http://127.0.0.1:${await start()}/things`, { method: 'POST', headers, body: '{}' })
    expect(answer.status).toBe(status)
    if (status === 415) expect(await answer.json()).toMatchObject({ code: 'unsupported_media_type' })
  })
})
