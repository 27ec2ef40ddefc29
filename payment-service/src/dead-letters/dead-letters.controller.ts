import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RequireScope } from '@paycluster/platform/http/caller'
import { sendAnswer } from '../commands/answer.ts'
import { readWriteRequest } from '../requests/write-request.ts'
import { WRITE_SIDE, type WriteSide } from '../write-side.ts'
import { acceptDiscard, acceptReplay } from './accept-letter-change.ts'

@Controller('v1/ops/dlq')
export class DeadLettersController {
  readonly #writeSide: WriteSide

  constructor(@Inject(WRITE_SIDE) writeSide: WriteSide) {
    this.#writeSide = writeSide
  }

  @Post(':id/replay')
  @RequireScope('ops')
  async replay(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptReplay(this.#writeSide, id, readWriteRequest(request)))
  }

  @Post(':id/discard')
  @RequireScope('ops')
  async discard(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptDiscard(this.#writeSide, id, readWriteRequest(request)))
  }
}
