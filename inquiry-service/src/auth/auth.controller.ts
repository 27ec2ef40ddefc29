import { Controller, Get, Headers, Inject, Res } from '@nestjs/common'
import { IDENTITY_HEADER, IdentitySigner } from '@paycluster/platform/identity/signed-identity'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { FastifyReply } from 'fastify'
import { Authenticator, GATEWAY_SECONDS } from './authenticate.ts'

/** Answers the gateway's `auth_request`. Not reachable from outside: the gateway does not route it. */
@Controller('internal/auth')
export class AuthController {
  readonly #authenticator: Authenticator
  readonly #signer: IdentitySigner

  constructor(@Inject(Authenticator) authenticator: Authenticator, @Inject(IdentitySigner) signer: IdentitySigner) {
    this.#authenticator = authenticator
    this.#signer = signer
  }

  @Get()
  async authenticate(@Headers('authorization') header: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    const identity = await this.#authenticator.authenticate(header)
    if (identity === undefined) throw new ProblemError('unauthorized', 'The request carries no valid key.')
    void reply
      .status(204)
      .headers({
        [IDENTITY_HEADER]: this.#signer.sign(identity),
        'x-limit-tier': identity.limit_tier,
        'x-key-id': identity.key_id,
        'cache-control': `max-age=${GATEWAY_SECONDS}`,
      })
      .send()
  }
}
