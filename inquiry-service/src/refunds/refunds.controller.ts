import { Controller, Get, Inject, Param, Query, Res, UseGuards } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { pageQuerySchema, type Identity } from '@paycluster/contracts'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseQuery } from '@paycluster/platform/http/validation'
import { answerRead } from '../answers/answer-read.ts'
import { refuseQuery } from '../answers/query.ts'
import { ApiGuard } from '../auth/api.guard.ts'
import { RefundLister } from './list-refunds.ts'
import { RefundReader } from './read-refund.ts'

@Controller('v1')
@UseGuards(ApiGuard)
export class RefundsController {
  readonly #reader: RefundReader
  readonly #lister: RefundLister

  constructor(@Inject(RefundReader) reader: RefundReader, @Inject(RefundLister) lister: RefundLister) {
    this.#reader = reader
    this.#lister = lister
  }

  @Get('refunds/:id')
  @RequireScope('payments:read')
  async read(@Param('id') id: string, @Caller() caller: Identity, @Res() reply: FastifyReply): Promise<void> {
    refuseQuery(reply.request)
    await answerRead(reply, (token) => this.#reader.read(id, caller.client, token))
  }

  @Get('payments/:id/refunds')
  @RequireScope('payments:read')
  async list(
    @Param('id') paymentId: string,
    @Query() asked: unknown,
    @Caller() caller: Identity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = parseQuery(pageQuerySchema, asked)
    await answerRead(reply, (token) => this.#lister.list(paymentId, caller.client, query, token))
  }
}
