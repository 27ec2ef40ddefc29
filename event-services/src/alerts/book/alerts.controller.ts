import { Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { acknowledgeAlertSchema, listAlertsQuerySchema, type Identity } from '@paycluster/contracts'
import type { CursorCodec } from '@paycluster/platform/cursor/cursor-codec'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseBody, parseQuery } from '@paycluster/platform/http/validation'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { ProblemError } from '@paycluster/platform/problem-error'
import { answerCurrent, answerJson } from '../../answers.ts'
import { bodyOf, refuseQuery } from '../../requests.ts'
import { pageOf, positionOf } from '../position.ts'
import type { AlertBook } from './alert-book.ts'
import { throwNoAlert, type AlertReader } from './alert-reader.ts'
import { toAlert, toFullAlert } from './alert-row.ts'

export interface AlertParts {
  readonly book: AlertBook
  readonly reader: AlertReader
  readonly ids: IdCodec
  readonly cursors: CursorCodec
  /** There is something to publish. */
  readonly nudge: () => void
}

export const ALERT_PARTS = Symbol('alert parts')

@Controller('v1/ops/alerts')
export class AlertsController {
  readonly #parts: AlertParts

  constructor(@Inject(ALERT_PARTS) parts: AlertParts) {
    this.#parts = parts
  }

  @Get()
  @RequireScope('ops')
  async list(@Query() asked: unknown, @Caller() { client }: Identity, @Res() reply: FastifyReply): Promise<void> {
    const { reader, ids, cursors } = this.#parts
    const { limit, cursor, ...given } = parseQuery(listAlertsQuerySchema, asked)
    const scope = { route: 'alerts', client }
    const { position, filters } = positionOf(cursors, scope, cursor, given)
    const { state, rule, severity } = listAlertsQuerySchema.parse(filters)
    const [rows, silences] = await Promise.all([
      reader.list(position, { state, rule, severity }, limit + 1),
      reader.silences(),
    ])
    const page = pageOf(cursors, scope, filters, rows, limit, {
      timeOf: ({ fired_at, first_at }) => fired_at ?? first_at,
      show: (row) => toAlert(ids, row, silences),
    })
    answerCurrent(reply, page)
  }

  @Get(':id')
  @RequireScope('ops')
  async read(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const { reader, ids } = this.#parts
    refuseQuery(reply.request)
    const uuid = this.#uuid(id)
    const [row, notifications, silences] = await Promise.all([
      reader.read(uuid),
      reader.notifications(uuid),
      reader.silences(),
    ])
    answerCurrent(reply, toFullAlert(ids, row, silences, notifications))
  }

  @Post(':id/acknowledge')
  @RequireScope('ops')
  async acknowledge(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Identity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { book, reader, ids, nudge } = this.#parts
    refuseQuery(request)
    const uuid = this.#uuid(id)
    const { comment } = parseBody(acknowledgeAlertSchema, bodyOf(request, { isOptional: true }))
    const acknowledged = await book.inTurn((turn) => turn.acknowledge(uuid, caller, comment))
    if (acknowledged !== undefined) nudge()
    const alert = acknowledged ?? toAlert(ids, await reader.read(uuid), await reader.silences())
    if (alert.state === 'resolved')
      throw new ProblemError('alert_resolved', `It was over at ${alert.resolved_at ?? ''}.`)
    answerJson(reply, 200, JSON.stringify(alert))
  }

  /** @throws ProblemError `not_found` (404) for an id that is none of this cluster's: the database is not asked */
  #uuid(id: string): string {
    return this.#parts.ids.isIssued('alr', id) ? idToUuid(id) : throwNoAlert()
  }
}
