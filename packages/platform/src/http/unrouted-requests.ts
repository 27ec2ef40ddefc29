/** Requests that no route of a service takes: 404 where there is nothing, 405 where the method is not one of those. */
import { RESOURCES } from '@paycluster/contracts'
import type { FastifyInstance } from 'fastify'
import { ProblemError } from '../problem-error.ts'
import { ResourceTable } from './resource-table.ts'

const API_PREFIX = '/v1/'

/**
 * Answers what no route takes, before its body is read. To be called before any route is added.
 *
 * `Allow` names the resource's methods, also those that another service has: through the gateway a resource is one. A
 * method that the resource does know, and the other service has, comes past the gateway: this service names its own,
 * and answers 404 when it has none.
 *
 * @throws Error at the start, for a route of the API that is not in `RESOURCES`
 */
export function refuseUnroutedRequests(server: FastifyInstance): void {
  const api = new ResourceTable(RESOURCES)
  const own = new ResourceTable()
  server.addHook('onRoute', ({ url, method }) => {
    const methods = [method].flat()
    if (url.startsWith(API_PREFIX) && !api.has(url, methods))
      throw new Error(`${methods.join(', ')} ${url} is not in RESOURCES`)
    own.add(url, methods)
  })
  server.addHook('onRequest', (request, reply, done) => {
    const [path = ''] = request.url.split('?', 1)
    // `/v1/payments/:id` takes `/v1/payments/batch` for an id; it is a resource of its own.
    const isOther = path.startsWith(API_PREFIX) && api.has(path, []) && request.routeOptions.url !== path
    if (!request.is404 && !isOther) {
      done()
      return
    }
    const ofResource = api.methodsAt(path)
    const isElsewhere = ofResource.length === 0 || ofResource.includes(request.method)
    const allowed = isElsewhere ? own.methodsAt(path) : ofResource
    if (allowed.length === 0) {
      done(new ProblemError('not_found', 'There is nothing at this address.'))
      return
    }
    reply.header('allow', allowed.join(', '))
    done(new ProblemError('method_not_allowed', 'The Allow header names the methods.'))
  })
}
