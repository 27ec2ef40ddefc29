import { Controller, Get, Inject, Param, Query, Res, UseGuards } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { listDeadLettersQuerySchema, type Identity } from '@paycluster/contracts'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseQuery } from '@paycluster/platform/http/validation'
import { answerRead } from '../answers/answer-read.ts'
import { refuseQuery } from '../answers/query.ts'
import { ApiGuard } from '../auth/api.guard.ts'
import { DeadLetterReader } from './read-dead-letters.ts'

@Controller('v1/ops/dlq')
@UseGuards(ApiGuard)
export class DeadLettersController {
  readonly #reader: DeadLetterReader

  constructor(@Inject(DeadLetterReader) reader: DeadLetterReader) {
    this.#reader = reader
  }

  @Get()
  @RequireScope('ops')
  async list(@Query() asked: unknown, @Caller() caller: Identity, @Res() reply: FastifyReply): Promise<void> {
    const query = parseQuery(listDeadLettersQuerySchema, asked)
    await answerRead(reply, (token) => this.#reader.list(caller.client, query, token))
  }

  @Get(':id')
  @RequireScope('ops')
  async read(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    refuseQuery(reply.request)
    await answerRead(reply, (token) => this.#reader.read(id, token))
  }
}
