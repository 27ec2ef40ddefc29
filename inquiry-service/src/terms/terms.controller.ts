import { Controller, Get, Inject, Param, Res, UseGuards } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { RequireScope } from '@paycluster/platform/http/caller'
import { answerRead } from '../answers/answer-read.ts'
import { refuseQuery } from '../answers/query.ts'
import { ApiGuard } from '../auth/api.guard.ts'
import { TermsReader } from './read-terms.ts'

@Controller('v1/ops/clients')
@UseGuards(ApiGuard)
export class TermsController {
  readonly #reader: TermsReader

  constructor(@Inject(TermsReader) reader: TermsReader) {
    this.#reader = reader
  }

  @Get(':id/terms')
  @RequireScope('ops')
  async read(@Param('id') client: string, @Res() reply: FastifyReply): Promise<void> {
    refuseQuery(reply.request)
    await answerRead(reply, (token) => this.#reader.read(client, token))
  }
}
