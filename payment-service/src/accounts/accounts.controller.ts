import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RequireScope } from '@paycluster/platform/http/caller'
import { sendAnswer } from '../commands/answer.ts'
import { WRITE_SIDE, type WriteSide } from '../write-side.ts'
import { readWriteRequest } from '../requests/write-request.ts'
import { acceptAccount } from './accept-account.ts'
import { acceptBlockChange } from './accept-block-change.ts'

@Controller('v1/accounts')
export class AccountsController {
  readonly #writeSide: WriteSide

  constructor(@Inject(WRITE_SIDE) writeSide: WriteSide) {
    this.#writeSide = writeSide
  }

  @Post()
  @RequireScope('payments:write')
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { intake, ids } = this.#writeSide
    sendAnswer(reply, await acceptAccount(intake, ids, readWriteRequest(request)))
  }

  @Post(':id/block')
  @RequireScope('payments:write')
  async block(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptBlockChange(this.#writeSide, 'block', id, readWriteRequest(request)))
  }

  @Post(':id/unblock')
  @RequireScope('payments:write')
  async unblock(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptBlockChange(this.#writeSide, 'unblock', id, readWriteRequest(request)))
  }
}
