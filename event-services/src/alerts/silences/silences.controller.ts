import { Controller, Delete, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { createSilenceSchema, listSilencesQuerySchema, type Identity } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import type { CursorCodec } from '@paycluster/platform/cursor/cursor-codec'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { readIdempotencyKey } from '@paycluster/platform/http/idempotency-key'
import { parseBody, parseQuery } from '@paycluster/platform/http/validation'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import { ProblemError } from '@paycluster/platform/problem-error'
import { answerCurrent, answerJson } from '../../answers.ts'
import { bodyOf, refuseQuery } from '../../requests.ts'
import { pageOf, positionOf } from '../position.ts'
import { toSilence, toSilenceId } from './silence-row.ts'
import { throwNoSilence, type SilenceStore } from './silence-store.ts'

const MAX_SILENCE_MS = 90 * 86_400_000

export interface SilenceParts {
  readonly store: SilenceStore
  readonly ids: IdCodec
  readonly cursors: CursorCodec
  readonly clock: Clock
  /** There is something to tell or to publish. */
  readonly nudge: () => void
}

export const SILENCE_PARTS = Symbol('silence parts')

@Controller('v1/ops/silences')
export class SilencesController {
  readonly #parts: SilenceParts

  constructor(@Inject(SILENCE_PARTS) parts: SilenceParts) {
    this.#parts = parts
  }

  @Get()
  @RequireScope('ops')
  async list(@Query() asked: unknown, @Caller() { client }: Identity, @Res() reply: FastifyReply): Promise<void> {
    const { store, ids, cursors, clock } = this.#parts
    const { limit, cursor, ...given } = parseQuery(listSilencesQuerySchema, asked)
    const scope = { route: 'silences', client }
    const { position, filters } = positionOf(cursors, scope, cursor, given)
    const { state } = listSilencesQuerySchema.parse(filters)
    const rows = await store.list(position, state, limit + 1)
    const page = pageOf(cursors, scope, filters, rows, limit, {
      timeOf: ({ created_at }) => created_at,
      show: (row) => toSilence(ids, row, clock.now()),
    })
    answerCurrent(reply, page)
  }

  @Post()
  @RequireScope('ops')
  async create(@Req() request: FastifyRequest, @Caller() by: Identity, @Res() reply: FastifyReply): Promise<void> {
    const { store, ids, clock, nudge } = this.#parts
    refuseQuery(request)
    const key = readIdempotencyKey(request.headers['idempotency-key'])
    const body = parseBody(createSilenceSchema, bodyOf(request))
    const id = idToUuid(key === undefined ? ids.random('sil', by.client) : ids.derive('sil', by.client, key))
    const { matcher, reason } = body
    const until = demandUntil(body.until, clock.now())
    const labels = Object.entries(matcher.labels ?? {}).sort(([a], [b]) => a.localeCompare(b))
    const fingerprint = fingerprintOf({
      rule: matcher.rule,
      severity: matcher.severity,
      labels: JSON.stringify(labels),
      reason,
      until,
    })
    const { row, isReplay } = await store.create({ ...body, id, by, until, fingerprint })
    if (isReplay) reply.header('idempotent-replayed', 'true')
    nudge()
    const shown = toSilence(ids, row, clock.now())
    reply.header('location', `/v1/ops/silences/${toSilenceId(ids, row.id)}`)
    answerJson(reply, 201, JSON.stringify(shown))
  }

  @Delete(':id')
  @RequireScope('ops')
  async end(@Param('id') id: string, @Caller() by: Identity, @Res() reply: FastifyReply): Promise<void> {
    const { store, ids, nudge } = this.#parts
    refuseQuery(reply.request)
    if (!ids.isIssued('sil', id)) throwNoSilence()
    await store.end(idToUuid(id), by)
    nudge()
    void reply.status(204).send()
  }
}

/**
 * RFC 3339 in UTC: the same time is the same request, however it is written.
 *
 * @throws ProblemError `validation_failed` (422) for a time that is not ahead, or too far
 */
function demandUntil(text: string, nowMs: number): string {
  const untilMs = Date.parse(text)
  if (untilMs > nowMs && untilMs <= nowMs + MAX_SILENCE_MS) return isoTime(untilMs)
  const detail = untilMs > nowMs ? 'is more than 90 days ahead' : 'is over already'
  throw new ProblemError('validation_failed', 'The body does not fit its schema.', {
    errors: [{ pointer: '/until', code: 'out_of_range', detail }],
  })
}
