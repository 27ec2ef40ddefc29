import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RequireScope } from '@paycluster/platform/http/caller'
import { sendAnswer } from '../commands/answer.ts'
import { WRITE_SIDE, type WriteSide } from '../write-side.ts'
import { readWriteRequest } from '../requests/write-request.ts'
import { acceptRefund } from '../refunds/accept-refund.ts'
import { acceptBatch } from './accept-batch.ts'
import { acceptOperation } from './accept-operation.ts'
import { acceptPayment } from './accept-payment.ts'

const MAX_BATCH_BYTES = 1024 * 1024
/** Everything that these bodies say has a default. */
const OPTIONAL = { isOptional: true }

@Controller('v1/payments')
export class PaymentsController {
  readonly #writeSide: WriteSide

  constructor(@Inject(WRITE_SIDE) writeSide: WriteSide) {
    this.#writeSide = writeSide
  }

  @Post()
  @RequireScope('payments:write')
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { intake, ids } = this.#writeSide
    sendAnswer(reply, await acceptPayment(intake, ids, readWriteRequest(request)))
  }

  @Post('batch')
  @RequireScope('payments:write')
  async createBatch(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptBatch(this.#writeSide, readWriteRequest(request, { maxBytes: MAX_BATCH_BYTES })))
  }

  @Post(':id/capture')
  @RequireScope('payments:write')
  async capture(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptOperation(this.#writeSide, 'capture', id, readWriteRequest(request, OPTIONAL)))
  }

  @Post(':id/cancel')
  @RequireScope('payments:write')
  async cancel(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptOperation(this.#writeSide, 'cancel', id, readWriteRequest(request, OPTIONAL)))
  }

  @Post(':id/refunds')
  @RequireScope('payments:write')
  async refund(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptRefund(this.#writeSide, id, readWriteRequest(request, OPTIONAL)))
  }
}
