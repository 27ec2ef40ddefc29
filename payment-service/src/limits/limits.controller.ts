import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RequireScope } from '@paycluster/platform/http/caller'
import { sendAnswer } from '../commands/answer.ts'
import { readWriteRequest } from '../requests/write-request.ts'
import { WRITE_SIDE, type WriteSide } from '../write-side.ts'
import { acceptLimits } from './accept-limits.ts'

@Controller('v1/ops/accounts')
export class LimitsController {
  readonly #writeSide: WriteSide

  constructor(@Inject(WRITE_SIDE) writeSide: WriteSide) {
    this.#writeSide = writeSide
  }

  @Post(':id/limits')
  @RequireScope('ops')
  async set(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptLimits(this.#writeSide, id, readWriteRequest(request)))
  }
}
