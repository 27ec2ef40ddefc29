import type { FastifyInstance } from 'fastify'
import type { Logger } from '@paycluster/platform/logging'
import { addCardRoutes, type CardDesk } from '../cards/card-routes.ts'
import type { Traffic } from '../control/traffic.ts'
import { addAccountRoutes, type Account } from '../operations/account-routes.ts'
import { addTransferRoutes } from '../operations/transfer-routes.ts'
import { addStatementRoutes, type Statements } from '../statements/statement-routes.ts'
import { apiKeyCheck } from './api-key.ts'
import { createServer } from './server.ts'

/** An encrypted card is some 600 bytes. */
const BODY_LIMIT_BYTES = 16 * 1024

export interface BankServerOptions extends Account, CardDesk, Statements {
  readonly apiKey: string
  readonly traffic: Traffic
  readonly logger: Logger
}

/** The bank's API. It does not listen yet. */
export function createBankServer(options: BankServerOptions): FastifyInstance {
  const server = createServer(options.logger, BODY_LIMIT_BYTES)
  options.traffic.watch(server)
  server.get('/healthz', () => ({ status: 'ok' }))
  const checkKey = apiKeyCheck(options.apiKey)
  void server.register((api, _options, done) => {
    api.addHook('onRequest', (request, _reply, next) => {
      checkKey(request)
      next()
    })
    addTransferRoutes(api, options.desk, options.behaviours)
    addCardRoutes(api, options)
    addAccountRoutes(api, options)
    addStatementRoutes(api, options)
    done()
  })
  return server
}
