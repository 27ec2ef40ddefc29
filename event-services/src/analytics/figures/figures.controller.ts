import { Controller, Get, Inject, Query, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { analyticsQuerySchema, type Analytics } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import { RequireScope } from '@paycluster/platform/http/caller'
import { parseQuery } from '@paycluster/platform/http/validation'
import { isoTime } from '@paycluster/platform/iso-time'
import { answerJson } from '../../answers.ts'
import type { AnalyticsStore } from '../analytics-store.ts'
import type { CountedUntil } from './counted-until.ts'
import { toFiguresQuery, toRows } from './to-analytics.ts'

export interface FiguresParts {
  readonly store: Pick<AnalyticsStore, 'read'>
  readonly countedUntil: Pick<CountedUntil, 'at'>
  readonly clock: Clock
}

export const FIGURES_PARTS = Symbol('figures parts')

@Controller('v1/ops/analytics')
export class FiguresController {
  readonly #parts: FiguresParts

  constructor(@Inject(FIGURES_PARTS) parts: FiguresParts) {
    this.#parts = parts
  }

  @Get()
  @RequireScope('ops')
  async read(@Query() asked: unknown, @Res() reply: FastifyReply): Promise<void> {
    const { store, countedUntil, clock } = this.#parts
    const query = toFiguresQuery(parseQuery(analyticsQuerySchema, asked))
    // Before the figures: they may be of later.
    const untilMs = await countedUntil.at()
    const lookedAt = isoTime(clock.now())
    const data = toRows(await store.read(query), query.groupBy)
    const analytics: Analytics = {
      granularity: query.granularity,
      from: isoTime(query.fromMs),
      to: isoTime(query.toMs),
      as_of: untilMs === undefined ? null : isoTime(untilMs),
      data,
    }
    reply.headers({ 'x-as-of': lookedAt, 'cache-control': 'no-store' })
    answerJson(reply, 200, JSON.stringify(analytics))
  }
}
