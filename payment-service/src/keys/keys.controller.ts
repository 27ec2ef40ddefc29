import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RequireScope } from '@paycluster/platform/http/caller'
import { sendAnswer } from '../commands/answer.ts'
import { readWriteRequest } from '../requests/write-request.ts'
import { WRITE_SIDE, type WriteSide } from '../write-side.ts'
import { acceptKey } from './accept-key.ts'
import { acceptRevocation } from './accept-revocation.ts'
import { acceptRotation } from './accept-rotation.ts'

@Controller('v1/ops/keys')
export class KeysController {
  readonly #writeSide: WriteSide

  constructor(@Inject(WRITE_SIDE) writeSide: WriteSide) {
    this.#writeSide = writeSide
  }

  @Post()
  @RequireScope('ops')
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptKey(this.#writeSide, readWriteRequest(request)))
  }

  @Post(':id/rotate')
  @RequireScope('ops')
  async rotate(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptRotation(this.#writeSide, id, readWriteRequest(request)))
  }

  @Post(':id/revoke')
  @RequireScope('ops')
  async revoke(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await acceptRevocation(this.#writeSide, id, readWriteRequest(request)))
  }
}
