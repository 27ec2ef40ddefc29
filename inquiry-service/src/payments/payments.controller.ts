import { Controller, Get, Inject, Param, Req, Res, UseGuards } from '@nestjs/common'
import { listPaymentsQuerySchema, type Identity } from '@paycluster/contracts'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseQuery } from '@paycluster/platform/http/validation'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendAnswer } from '../answers/answer.ts'
import { ApiGuard } from '../auth/api.guard.ts'
import { refuseQuery } from '../answers/query.ts'
import { requestedToken } from '../answers/requested-token.ts'
import { PaymentLister } from './list-payments.ts'
import { PaymentReader } from './read-payment.ts'

@Controller('v1/payments')
@UseGuards(ApiGuard)
export class PaymentsController {
  readonly #reader: PaymentReader
  readonly #lister: PaymentLister

  constructor(@Inject(PaymentReader) reader: PaymentReader, @Inject(PaymentLister) lister: PaymentLister) {
    this.#reader = reader
    this.#lister = lister
  }

  @Get()
  @RequireScope('payments:read')
  async list(@Req() request: FastifyRequest, @Caller() caller: Identity, @Res() reply: FastifyReply): Promise<void> {
    const query = parseQuery(listPaymentsQuerySchema, request.query)
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
    sendAnswer(request, reply, await this.#reader.read(id, caller.client, requestedToken(request)))
  }
}
