import { Inject, Injectable } from '@nestjs/common'
import { CallerGuard } from '@paycluster/platform/http/caller'
import { IdentityVerifier } from '@paycluster/platform/identity/signed-identity'

/** The guard of everything under /v1. Not a global one: the gateway asks who calls before anybody has an identity. */
@Injectable()
export class ApiGuard extends CallerGuard {
  constructor(@Inject(IdentityVerifier) verifier: IdentityVerifier) {
    super(verifier)
  }
}
