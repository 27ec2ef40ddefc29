import { Controller, Get, Inject, Query, Res, UseGuards } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { listKeysQuerySchema, type Identity } from '@paycluster/contracts'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseQuery } from '@paycluster/platform/http/validation'
import { answerRead } from '../answers/answer-read.ts'
import { ApiGuard } from '../auth/api.guard.ts'
import { KeyLister } from './list-keys.ts'

@Controller('v1/ops/keys')
@UseGuards(ApiGuard)
export class KeysController {
  readonly #lister: KeyLister

  constructor(@Inject(KeyLister) lister: KeyLister) {
    this.#lister = lister
  }

  @Get()
  @RequireScope('ops')
  async list(@Query() asked: unknown, @Caller() caller: Identity, @Res() reply: FastifyReply): Promise<void> {
    const query = parseQuery(listKeysQuerySchema, asked)
    await answerRead(reply, (token) => this.#lister.list(caller.client, query, token))
  }
}
