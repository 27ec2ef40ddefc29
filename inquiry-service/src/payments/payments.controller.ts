import { Controller, Get, Inject, Param, Query, Res, UseGuards } from '@nestjs/common'
import { listPaymentsQuerySchema, type Identity } from '@paycluster/contracts'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseQuery } from '@paycluster/platform/http/validation'
import type { FastifyReply } from 'fastify'
import { answerRead } from '../answers/answer-read.ts'
import { refuseQuery } from '../answers/query.ts'
import { ApiGuard } from '../auth/api.guard.ts'
import { PaymentLister } from './list-payments.ts'
import { PaymentReader } from './read-payment.ts'

@Controller('v1/payments')
@UseGuards(ApiGuard)
export class PaymentsController {
  readonly #reader: Pick<PaymentReader, 'read'>
  readonly #lister: PaymentLister

  constructor(
    @Inject(PaymentReader) reader: Pick<PaymentReader, 'read'>,
    @Inject(PaymentLister) lister: PaymentLister,
  ) {
    this.#reader = reader
    this.#lister = lister
  }

  @Get()
  @RequireScope('payments:read')
  async list(@Query() asked: unknown, @Caller() caller: Identity, @Res() reply: FastifyReply): Promise<void> {
    const query = parseQuery(listPaymentsQuerySchema, asked)
    await answerRead(reply, (token) => this.#lister.list(caller.client, query, token))
  }

  @Get(':id')
  @RequireScope('payments:read')
  async read(@Param('id') id: string, @Caller() caller: Identity, @Res() reply: FastifyReply): Promise<void> {
    refuseQuery(reply.request)
    await answerRead(reply, (token) => this.#reader.read(id, caller.client, token))
  }
}
