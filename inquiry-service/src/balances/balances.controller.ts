import { Controller, Get, Inject, Param, Res, UseGuards } from '@nestjs/common'
import type { Identity } from '@paycluster/contracts'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { FastifyReply } from 'fastify'
import { requireOwnAccount } from '../accounts/own-account.ts'
import { answerRead } from '../answers/answer-read.ts'
import { refuseQuery } from '../answers/query.ts'
import { ApiGuard } from '../auth/api.guard.ts'
import { BalanceReader } from './read-balance.ts'

@Controller('v1/accounts')
@UseGuards(ApiGuard)
export class BalancesController {
  readonly #reader: Pick<BalanceReader, 'read'>
  readonly #ids: IdCodec

  constructor(@Inject(BalanceReader) reader: Pick<BalanceReader, 'read'>, @Inject(IdCodec) ids: IdCodec) {
    this.#reader = reader
    this.#ids = ids
  }

  @Get(':id/balance')
  @RequireScope('payments:read')
  async read(@Param('id') id: string, @Caller() caller: Identity, @Res() reply: FastifyReply): Promise<void> {
    refuseQuery(reply.request)
    requireOwnAccount(this.#ids, id, caller.client)
    await answerRead(reply, (token) => this.#reader.read(id, token))
  }
}
