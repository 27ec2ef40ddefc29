import { Controller, Inject, Post, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RequireScope } from '@paycluster/platform/http/caller'
import { sendAnswer } from '../commands/answer.ts'
import { readWriteRequest } from '../requests/write-request.ts'
import { WRITE_SIDE, type WriteSide } from '../write-side.ts'
import { acceptClient } from './accept-client.ts'

@Controller('v1/ops/clients')
export class ClientsController {
  readonly #writeSide: WriteSide

  constructor(@Inject(WRITE_SIDE) writeSide: WriteSide) {
    this.#writeSide = writeSide
  }

  @Post()
  @RequireScope('ops')
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptClient(this.#writeSide, readWriteRequest(request)))
  }
}
