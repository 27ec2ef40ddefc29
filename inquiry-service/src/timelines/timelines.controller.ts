import { Controller, Get, Inject, Param, Query, Res, UseGuards } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { pageQuerySchema, type Identity } from '@paycluster/contracts'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseQuery } from '@paycluster/platform/http/validation'
import { answerRead } from '../answers/answer-read.ts'
import { ApiGuard } from '../auth/api.guard.ts'
import { TimelineReader } from './read-timeline.ts'

@Controller('v1/payments')
@UseGuards(ApiGuard)
export class TimelinesController {
  readonly #reader: TimelineReader

  constructor(@Inject(TimelineReader) reader: TimelineReader) {
    this.#reader = reader
  }

  @Get(':id/timeline')
  @RequireScope('payments:read')
  async read(
    @Param('id') paymentId: string,
    @Query() asked: unknown,
    @Caller() caller: Identity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = parseQuery(pageQuerySchema, asked)
    await answerRead(reply, (token) => this.#reader.read(paymentId, caller.client, query, token))
  }
}
