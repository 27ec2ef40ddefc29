import { Controller, Delete, Get, Module, Post, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { afterEach, describe, expect, it } from '@jest/globals'
import { problemSchema, RESOURCES } from '@paycluster/contracts'
import { createLogger } from '../logging.ts'
import { createHttpAdapter } from './http-adapter.ts'
import { readJsonBodies } from './json-body.ts'
import { ProblemAnswers } from './problem-answers.ts'
import { ProblemFilter } from './problem-filter.ts'
import { refuseUnroutedRequests } from './unrouted-requests.ts'

@Controller('v1/payments')
class Writes {
  @Post()
  create(): string {
    return 'created'
  }
}

@Controller('v1/payments')
class Reads {
  @Get(':id')
  read(): string {
    return 'read'
  }
}

@Controller('v1/payments')
class NotInTheContract {
  @Delete(':id')
  remove(): string {
    return 'removed'
  }
}

@Module({})
class Service {}

let app: NestFastifyApplication | undefined
afterEach(() => app?.close())

async function start(controller: Type): Promise<string> {
  app = await NestFactory.create<NestFastifyApplication>(
    { module: Service, controllers: [controller] },
    createHttpAdapter(),
    { logger: false, bodyParser: false, abortOnError: false },
  )
  const server = app.getHttpAdapter().getInstance()
  readJsonBodies(server, 1024)
  refuseUnroutedRequests(server)
  server.get('/healthz', () => 'ok')
  app.useGlobalFilters(new ProblemFilter(new ProblemAnswers(createLogger('test', 'fatal'))))
  await app.listen(0, '127.0.0.1')
  return app.getUrl()
}

async function refused(url: string, method: string, path: string): Promise<[number, string, string | null]> {
  // A body that no route would take: what is refused is refused before its body is.
  const body = method === 'GET' ? {} : { body: 'x', headers: { 'content-type': 'text/plain' } }
  const answer = await fetch(url + path, { method, ...body })
  const problem = problemSchema.parse(await answer.json())
  expect(problem.status).toBe(answer.status)
  return [answer.status, problem.code, answer.headers.get('allow')]
}

describe('a request that no route takes', () => {
  it('is 405 at a resource of the API, with the methods that the resource has anywhere', async () => {
    const url = await start(Writes)
    for (const [pattern, methods] of Object.entries<readonly string[]>(RESOURCES))
      for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'].filter((one) => !methods.includes(one)))
        expect(await refused(url, method, `${pattern.replace(/:\w+/, 'x.1')}?a=/b`)).toEqual([
          405,
          'method_not_allowed',
          methods.join(', '),
        ])
  })

  it('is 405 where the service has paths of its own', async () => {
    expect(await refused(await start(Writes), 'DELETE', '/healthz')).toEqual([405, 'method_not_allowed', 'GET, HEAD'])
  })

  it('names the own methods for one that another service has, and is 404 when there are none', async () => {
    const writes = await start(Writes)
    expect(await refused(writes, 'GET', '/v1/payments')).toEqual([405, 'method_not_allowed', 'POST'])
    expect(await refused(writes, 'GET', '/v1/payments/x')).toEqual([404, 'not_found', null])
    await app?.close()
    expect(await refused(await start(Reads), 'POST', '/v1/payments')).toEqual([404, 'not_found', null])
  })

  it('is 404 where there is nothing, whatever the method', async () => {
    const url = await start(Writes)
    for (const path of ['/', '/v1', '/v1/payments/', '/v1/payments/x/y', '/v1/accounts//balance', '/v2/payments'])
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS'])
        expect(await refused(url, method, path)).toEqual([404, 'not_found', null])
  })

  it('leaves the others alone', async () => {
    const url = await start(Reads)
    expect(await (await fetch(`${url}/v1/payments/x`)).text()).toBe('read')
    expect((await fetch(`${url}/v1/payments/x`, { method: 'HEAD' })).status).toBe(200)
  })
})

describe('a route of the API', () => {
  it('that is not in the table of resources stops the start', async () => {
    await expect(start(NotInTheContract)).rejects.toThrow('DELETE /v1/payments/:id is not in RESOURCES')
  })
})
