/** Who calls: the guard that every route under /v1 has, and the decorators by which a handler reads and demands it. */
import type { IncomingHttpHeaders } from 'node:http'
import {
  createParamDecorator,
  Injectable,
  SetMetadata,
  type CanActivate,
  type CustomDecorator,
  type ExecutionContext,
} from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { Identity, Scope } from '@paycluster/contracts'
import type { FastifyRequest } from 'fastify'
import { IDENTITY_HEADER, type IdentityVerifier } from '../identity/signed-identity.ts'
import { ProblemError } from '../problem-error.ts'

const SCOPE_METADATA = 'paycluster:scope'
const identities = new WeakMap<object, Identity>()

/** Demands a scope of the caller's key. A route without it demands nothing but a valid identity. */
export const RequireScope = (scope: Scope): CustomDecorator => SetMetadata(SCOPE_METADATA, scope)

/** The caller's {@link Identity}, as a parameter of a handler behind {@link CallerGuard}. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Identity => {
  return callerOf(context.switchToHttp().getRequest<FastifyRequest>())
})

/** The identity that the guard found. */
export function callerOf(request: object): Identity {
  const identity = identities.get(request)
  if (identity === undefined) throw new Error('the route has no CallerGuard')
  return identity
}

/**
 * Lets a request pass when its identity is signed by this cluster and has the scope.
 *
 * @throws ProblemError `unauthorized` (401), also for a request that reached the service past the gateway · `forbidden`
 * (403)
 */
@Injectable()
export class CallerGuard implements CanActivate {
  readonly #verifier: IdentityVerifier
  readonly #reflector = new Reflector()

  constructor(verifier: IdentityVerifier) {
    this.#verifier = verifier
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>()
    const scope = this.#reflector.get<Scope | undefined>(SCOPE_METADATA, context.getHandler())
    identities.set(request, demandCaller(this.#verifier, request.headers, scope))
    return true
  }
}

/** @throws as {@link CallerGuard} does */
export function demandCaller(verifier: IdentityVerifier, headers: IncomingHttpHeaders, scope?: Scope): Identity {
  const header = headers[IDENTITY_HEADER]
  const identity = verifier.verify(typeof header === 'string' ? header : undefined)
  if (identity === undefined) throw new ProblemError('unauthorized', 'The request carries no valid key.')
  if (scope !== undefined && !identity.scopes.includes(scope))
    throw new ProblemError('forbidden', `The key lacks the scope ${scope}.`)
  return identity
}
