import { Controller, Get, Inject, Param, Req, Res, UseGuards } from '@nestjs/common'
import { listEntriesQuerySchema, type Identity } from '@paycluster/contracts'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseQuery } from '@paycluster/platform/http/validation'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { requireOwnAccount } from '../accounts/own-account.ts'
import { sendAnswer } from '../answers/answer.ts'
import { ApiGuard } from '../auth/api.guard.ts'
import { requestedToken } from '../answers/requested-token.ts'
import { StatementReader } from './read-statement.ts'

@Controller('v1/accounts')
@UseGuards(ApiGuard)
export class StatementsController {
  readonly #reader: StatementReader
  readonly #ids: IdCodec

  constructor(@Inject(StatementReader) reader: StatementReader, @Inject(IdCodec) ids: IdCodec) {
    this.#reader = reader
    this.#ids = ids
  }

  @Get(':id/entries')
  @RequireScope('payments:read')
  async read(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Identity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = parseQuery(listEntriesQuerySchema, request.query)
    requireOwnAccount(this.#ids, id, caller.client)
    sendAnswer(request, reply, await this.#reader.read(id, caller.client, query, requestedToken(request.headers)))
  }
}
