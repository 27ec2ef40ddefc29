import { Controller, Get, Inject, Query, Res, UseGuards } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { pageQuerySchema, type Identity } from '@paycluster/contracts'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseQuery } from '@paycluster/platform/http/validation'
import { answerRead } from '../answers/answer-read.ts'
import { ApiGuard } from '../auth/api.guard.ts'
import { ClientLister } from './list-clients.ts'

@Controller('v1/ops/clients')
@UseGuards(ApiGuard)
export class ClientsController {
  readonly #lister: ClientLister

  constructor(@Inject(ClientLister) lister: ClientLister) {
    this.#lister = lister
  }

  @Get()
  @RequireScope('ops')
  async list(@Query() asked: unknown, @Caller() caller: Identity, @Res() reply: FastifyReply): Promise<void> {
    const query = parseQuery(pageQuerySchema, asked)
    await answerRead(reply, (token) => this.#lister.list(caller.client, query, token))
  }
}
