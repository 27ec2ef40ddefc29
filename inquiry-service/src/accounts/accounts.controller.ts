import { Controller, Get, Inject, Param, Req, Res, UseGuards } from '@nestjs/common'
import { listAccountsQuerySchema, type Identity } from '@paycluster/contracts'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseQuery } from '@paycluster/platform/http/validation'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendAnswer } from '../answers/answer.ts'
import { ApiGuard } from '../auth/api.guard.ts'
import { refuseQuery } from '../answers/query.ts'
import { requestedToken } from '../answers/requested-token.ts'
import { AccountLister } from './list-accounts.ts'
import { requireOwnAccount } from './own-account.ts'
import { AccountReader } from './read-account.ts'

@Controller('v1/accounts')
@UseGuards(ApiGuard)
export class AccountsController {
  readonly #reader: AccountReader
  readonly #lister: AccountLister
  readonly #ids: IdCodec

  constructor(
    @Inject(AccountReader) reader: AccountReader,
    @Inject(AccountLister) lister: AccountLister,
    @Inject(IdCodec) ids: IdCodec,
  ) {
    this.#reader = reader
    this.#lister = lister
    this.#ids = ids
  }

  @Get()
  @RequireScope('payments:read')
  async list(@Req() request: FastifyRequest, @Caller() caller: Identity, @Res() reply: FastifyReply): Promise<void> {
    const query = parseQuery(listAccountsQuerySchema, request.query)
    sendAnswer(request, reply, await this.#lister.list(caller.client, query, requestedToken(request)))
  }

  @Get(':id')
  @RequireScope('payments:read')
  async read(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Identity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    refuseQuery(request)
    requireOwnAccount(this.#ids, id, caller.client)
    sendAnswer(request, reply, await this.#reader.read(id, requestedToken(request)))
  }
}
