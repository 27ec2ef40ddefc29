import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RequireScope } from '@paycluster/platform/http/caller'
import { sendAnswer } from '../commands/answer.ts'
import { readWriteRequest } from '../requests/write-request.ts'
import { WRITE_SIDE, type WriteSide } from '../write-side.ts'
import { acceptTerms } from './accept-terms.ts'

@Controller('v1/ops/clients')
export class TermsController {
  readonly #writeSide: WriteSide

  constructor(@Inject(WRITE_SIDE) writeSide: WriteSide) {
    this.#writeSide = writeSide
  }

  @Post(':id/terms')
  @RequireScope('ops')
  async set(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptTerms(this.#writeSide, id, readWriteRequest(request)))
  }
}
