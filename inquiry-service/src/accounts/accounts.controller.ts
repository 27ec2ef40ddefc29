import { Controller, Get, Inject, Param, Query, Res, UseGuards } from '@nestjs/common'
import { listAccountsQuerySchema, type Identity } from '@paycluster/contracts'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseQuery } from '@paycluster/platform/http/validation'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { FastifyReply } from 'fastify'
import { answerRead } from '../answers/answer-read.ts'
import { refuseQuery } from '../answers/query.ts'
import { ApiGuard } from '../auth/api.guard.ts'
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
  async list(@Query() asked: unknown, @Caller() caller: Identity, @Res() reply: FastifyReply): Promise<void> {
    const query = parseQuery(listAccountsQuerySchema, asked)
    await answerRead(reply, (token) => this.#lister.list(caller.client, query, token))
  }

  @Get(':id')
  @RequireScope('payments:read')
  async read(@Param('id') id: string, @Caller() caller: Identity, @Res() reply: FastifyReply): Promise<void> {
    refuseQuery(reply.request)
    requireOwnAccount(this.#ids, id, caller.client)
    await answerRead(reply, (token) => this.#reader.read(id, token))
  }
}
