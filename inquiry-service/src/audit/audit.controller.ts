import { Controller, Get, Inject, Param, Query, Res, UseGuards } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { auditSubjectSchema, listAuditQuerySchema, pageQuerySchema, type Identity } from '@paycluster/contracts'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseQuery } from '@paycluster/platform/http/validation'
import { ProblemError } from '@paycluster/platform/problem-error'
import { answerRead } from '../answers/answer-read.ts'
import { refuseQuery } from '../answers/query.ts'
import { ApiGuard } from '../auth/api.guard.ts'
import { AuditReader } from './read-audit.ts'

@Controller('v1/ops/audit')
@UseGuards(ApiGuard)
export class AuditController {
  readonly #reader: AuditReader

  constructor(@Inject(AuditReader) reader: AuditReader) {
    this.#reader = reader
  }

  @Get()
  @RequireScope('ops')
  async list(@Query() asked: unknown, @Caller() caller: Identity, @Res() reply: FastifyReply): Promise<void> {
    const query = parseQuery(listAuditQuerySchema, asked)
    await answerRead(reply, (token) => this.#reader.list(caller.client, query, token))
  }

  @Get('batches')
  @RequireScope('ops')
  async batches(@Query() asked: unknown, @Caller() caller: Identity, @Res() reply: FastifyReply): Promise<void> {
    const query = parseQuery(pageQuerySchema, asked)
    await answerRead(reply, (token) => this.#reader.listBatches(caller.client, query, token))
  }

  @Get('receipts/:id')
  @RequireScope('ops')
  async receipt(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    refuseQuery(reply.request)
    if (!auditSubjectSchema.safeParse(id).success)
      throw new ProblemError('not_found', 'There is nothing with such an id.')
    await answerRead(reply, (token) => this.#reader.readReceipt(id, token))
  }
}
