import { Controller, Get, Inject, Param, Res, UseGuards } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { RequireScope } from '@paycluster/platform/http/caller'
import { answerRead } from '../answers/answer-read.ts'
import { refuseQuery } from '../answers/query.ts'
import { ApiGuard } from '../auth/api.guard.ts'
import { LimitsReader } from './read-limits.ts'

@Controller('v1/ops/accounts')
@UseGuards(ApiGuard)
export class LimitsController {
  readonly #reader: LimitsReader

  constructor(@Inject(LimitsReader) reader: LimitsReader) {
    this.#reader = reader
  }

  @Get(':id/limits')
  @RequireScope('ops')
  async read(@Param('id') account: string, @Res() reply: FastifyReply): Promise<void> {
    refuseQuery(reply.request)
    await answerRead(reply, (token) => this.#reader.read(account, token))
  }
}
