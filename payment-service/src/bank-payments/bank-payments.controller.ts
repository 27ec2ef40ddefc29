import { Controller, Inject, Post, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RequireScope } from '@paycluster/platform/http/caller'
import { sendAnswer } from '../commands/answer.ts'
import { readWriteRequest } from '../requests/write-request.ts'
import { WRITE_SIDE, type WriteSide } from '../write-side.ts'
import { acceptCardPayment } from './accept-card-payment.ts'
import { acceptBankTransfer } from './accept-bank-transfer.ts'

@Controller('v1')
export class BankPaymentsController {
  readonly #writeSide: WriteSide

  constructor(@Inject(WRITE_SIDE) writeSide: WriteSide) {
    this.#writeSide = writeSide
  }

  @Post('deposits')
  @RequireScope('payments:write')
  async deposit(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptBankTransfer(this.#writeSide, 'deposit', readWriteRequest(request)))
  }

  @Post('card-payments')
  @RequireScope('payments:write')
  async payByCard(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptCardPayment(this.#writeSide, readWriteRequest(request)))
  }

  @Post('withdrawals')
  @RequireScope('payments:write')
  async withdraw(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptBankTransfer(this.#writeSide, 'withdrawal', readWriteRequest(request)))
  }
}
