/**
 * The three reads that make up five sixths of the traffic, answered on Node's own server:
 *
 *     GET, one of three paths, no query, no body ──▶ caller ──▶ own account ──▶ the same reader ──▶ answer, or problem
 *        └─ anything else ──▶ the framework's routes, which take these three in every other form
 *
 * Fastify and Nest's routing take a third of a cache hit's CPU (docs/adr/0011-cpu-of-a-request.md). What is decided is
 * decided by the functions that the controllers call; here is only how a request is read and an answer written.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listEntriesQuerySchema } from '@paycluster/contracts'
import { demandCaller } from '@paycluster/platform/http/caller'
import { requestIdOf } from '@paycluster/platform/http/http-adapter'
import type { ProblemAnswers } from '@paycluster/platform/http/problem-answers'
import type { NoteRequest } from '@paycluster/platform/http/request-metrics'
import type { IdentityVerifier } from '@paycluster/platform/identity/signed-identity'
import { requireOwnAccount } from '../accounts/own-account.ts'
import { answerHeaders, CONTENT_TYPE, isNotModified, type Answer } from '../answers/answer.ts'
import { requestedToken } from '../answers/requested-token.ts'
import type { ReadSide } from '../read-side.ts'

/** Ids in their plain form; one that is percent-encoded is the framework's. */
const PATH = /^\/v1\/(?:accounts\/(\w{1,64})\/(balance|entries)|payments\/(pay_\w{1,60}))$/
const NEWEST_PAGE = listEntriesQuerySchema.parse({})

const ROUTES = {
  balance: '/v1/accounts/:id/balance',
  entries: '/v1/accounts/:id/entries',
  payment: '/v1/payments/:id',
} as const
type What = keyof typeof ROUTES

export interface DirectReadsParts {
  readonly readSide: Pick<ReadSide, 'balances' | 'statements' | 'payments' | 'ids'>
  readonly verifier: IdentityVerifier
  readonly problems: ProblemAnswers
  readonly note: NoteRequest
}

export class DirectReads {
  readonly #parts: DirectReadsParts

  constructor(parts: DirectReadsParts) {
    this.#parts = parts
  }

  /** @returns whether the request is one of these, and so is being answered */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const { method, headers, url } = request
    if (method !== 'GET' || headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined)
      return false
    const match = PATH.exec(url ?? '')
    if (match === null) return false
    const [, account, resource, payment = ''] = match
    if (account === undefined) void this.#answer(request, response, 'payment', payment)
    else void this.#answer(request, response, resource === 'balance' ? 'balance' : 'entries', account)
    return true
  }

  async #answer(request: IncomingMessage, response: ServerResponse, what: What, id: string): Promise<void> {
    const startedAtMs = performance.now()
    const { headers } = request
    const requestId = requestIdOf(headers)
    try {
      const answer = await this.#read(headers, what, id)
      if (isNotModified(headers, answer))
        response.writeHead(304, { 'x-request-id': requestId, ...answerHeaders(answer) }).end()
      else
        send(
          response,
          200,
          { 'x-request-id': requestId, ...answerHeaders(answer), 'content-type': CONTENT_TYPE },
          answer.body,
        )
    } catch (error) {
      const problem = this.#parts.problems.answerTo(error, requestId)
      send(response, problem.status, { 'x-request-id': requestId, ...problem.headers }, problem.body)
    }
    const elapsedMs = performance.now() - startedAtMs
    this.#parts.note({ route: ROUTES[what], method: 'GET', status: response.statusCode, elapsedMs })
  }

  async #read(headers: IncomingMessage['headers'], what: What, id: string): Promise<Answer> {
    const { readSide, verifier } = this.#parts
    const { client } = demandCaller(verifier, headers, 'payments:read')
    if (what === 'payment') return readSide.payments.read(id, client, requestedToken(headers))
    requireOwnAccount(readSide.ids, id, client)
    const token = requestedToken(headers)
    return what === 'balance'
      ? readSide.balances.read(id, token)
      : readSide.statements.read(id, client, NEWEST_PAGE, token)
  }
}

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
