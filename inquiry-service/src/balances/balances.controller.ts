import { Controller, Get, Inject, Param, Query, Res, UseGuards } from '@nestjs/common'
import { readBalanceQuerySchema, type Identity } from '@paycluster/contracts'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseQuery } from '@paycluster/platform/http/validation'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { FastifyReply } from 'fastify'
import { requireOwnAccount } from '../accounts/own-account.ts'
import { answerRead } from '../answers/answer-read.ts'
import { ApiGuard } from '../auth/api.guard.ts'
import { BalanceReader } from './read-balance.ts'
import { PastBalanceReader } from './read-past-balance.ts'

@Controller('v1/accounts')
@UseGuards(ApiGuard)
export class BalancesController {
  readonly #reader: Pick<BalanceReader, 'read'>
  readonly #pastReader: PastBalanceReader
  readonly #ids: IdCodec

  constructor(
    @Inject(BalanceReader) reader: Pick<BalanceReader, 'read'>,
    @Inject(PastBalanceReader) pastReader: PastBalanceReader,
    @Inject(IdCodec) ids: IdCodec,
  ) {
    this.#reader = reader
    this.#pastReader = pastReader
    this.#ids = ids
  }

  @Get(':id/balance')
  @RequireScope('payments:read')
  async read(
    @Param('id') id: string,
    @Query() asked: unknown,
    @Caller() caller: Identity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { at } = parseQuery(readBalanceQuerySchema, asked)
    requireOwnAccount(this.#ids, id, caller.client)
    await answerRead(reply, (token) =>
      at === undefined ? this.#reader.read(id, token) : this.#pastReader.read(id, at, token),
    )
  }
}
