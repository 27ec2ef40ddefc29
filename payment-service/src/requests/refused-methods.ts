import type { FastifyInstance } from 'fastify'
import { ProblemError } from '@paycluster/platform/problem-error'

/** The methods that Fastify knows and a collection of the API does not. */
const REFUSED = ['PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Answers 405 where the path exists and the method does not; `Allow` names what the gateway serves there. */
export function refuseOtherMethods(server: FastifyInstance, paths: readonly string[]): void {
  for (const url of paths)
    server.route({
      method: REFUSED,
      url,
      handler: (_request, reply) => {
        reply.header('allow', 'GET, HEAD, POST')
        throw new ProblemError('method_not_allowed', 'This resource takes GET and POST.')
      },
    })
}
