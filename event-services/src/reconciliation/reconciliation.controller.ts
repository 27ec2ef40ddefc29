import { Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  listDifferencesQuerySchema,
  listReconciliationRunsQuerySchema,
  startReconciliationSchema,
  statementDaySchema,
  type Identity,
  type ReconciliationRun,
} from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import type { CursorCodec, CursorFilters } from '@paycluster/platform/cursor/cursor-codec'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseBody, parseQuery } from '@paycluster/platform/http/validation'
import { HOUSE_CLIENT } from '@paycluster/platform/ids/house-accounts'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import { ProblemError } from '@paycluster/platform/problem-error'
import { answerCurrent, answerJson } from '../answers.ts'
import { bodyOf, refuseQuery } from '../requests.ts'
import { DAY_MS, dayOf } from './day.ts'
import { toDifference, type DifferenceStore } from './differences/difference-store.ts'
import { NEWEST, type Position } from './position.ts'
import type { NewRun, RunRow, RunStore } from './runs/run-store.ts'
import type { Runner } from './runs/runner.ts'
import { throughOf } from './statement/compare-statement.ts'
import { statementOf } from './statement/statement-bodies.ts'
import { StatementError } from './statement/statement-error.ts'

const positionSchema = z.strictObject({ time: z.string(), id: z.string() })

export interface ReconciliationParts {
  readonly runner: Runner
  readonly runs: RunStore
  readonly differences: DifferenceStore
  readonly ids: IdCodec
  readonly cursors: CursorCodec
  readonly clock: Clock
}

export const RECONCILIATION_PARTS = Symbol('reconciliation parts')

@Controller('v1/ops/reconciliation')
export class ReconciliationController {
  readonly #parts: ReconciliationParts

  constructor(@Inject(RECONCILIATION_PARTS) parts: ReconciliationParts) {
    this.#parts = parts
  }

  @Get()
  @RequireScope('ops')
  async summary(@Res() reply: FastifyReply): Promise<void> {
    const { runs, differences } = this.#parts
    refuseQuery(reply.request)
    const [newest, open, watermark] = await Promise.all([
      runs.newest(),
      differences.countOpen(),
      runs.watermark('statement'),
    ])
    answerCurrent(reply, {
      newest_runs: newest.map((row) => this.#shown(row)),
      open_differences: open,
      statements_through: throughOf(watermark),
    })
  }

  @Get('runs')
  @RequireScope('ops')
  async list(@Query() asked: unknown, @Caller() { client }: Identity, @Res() reply: FastifyReply): Promise<void> {
    const query = parseQuery(listReconciliationRunsQuerySchema, asked)
    const route = 'reconciliation runs'
    const { position, filters } = this.#position(route, client, query.cursor, { kind: query.kind, state: query.state })
    const rows = await this.#parts.runs.list(
      listReconciliationRunsQuerySchema.parse(filters),
      position,
      query.limit + 1,
    )
    const at = ({ created_at, id }: RunRow): Position => ({ time: isoTime(created_at.getTime()), id })
    answerCurrent(
      reply,
      this.#page(route, client, filters, rows, query.limit, at, (row) => this.#shown(row)),
    )
  }

  @Post('runs')
  @RequireScope('ops')
  async start(@Req() request: FastifyRequest, @Caller() caller: Identity, @Res() reply: FastifyReply): Promise<void> {
    const { runner, clock } = this.#parts
    refuseQuery(request)
    const { kind, day, full = false } = parseBody(startReconciliationSchema, bodyOf(request))
    if (kind !== 'statement') {
      this.#answer(reply, await this.#begin({ kind, isFull: full }, caller))
      return
    }
    if (!runner.hasBank)
      throw new ProblemError('statement_source_missing', 'There is no bank to ask: give the statement as a file.')
    const asked = { kind, day: day ?? dayOf(clock.now() - DAY_MS), source: 'bank', isFull: true } as const
    this.#demandBegun(asked.day)
    this.#answer(reply, await this.#begin(asked, caller))
  }

  @Get('runs/:id')
  @RequireScope('ops')
  async read(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const { runs, ids } = this.#parts
    refuseQuery(reply.request)
    const row = ids.isOwnedBy('rec', id, HOUSE_CLIENT) ? await runs.read(idToUuid(id)) : undefined
    if (row === undefined) throw new ProblemError('not_found', 'There is no such run.')
    answerCurrent(reply, this.#shown(row))
  }

  @Get('differences')
  @RequireScope('ops')
  async findings(@Query() asked: unknown, @Caller() { client }: Identity, @Res() reply: FastifyReply): Promise<void> {
    const { differences, ids } = this.#parts
    const query = parseQuery(listDifferencesQuerySchema, asked)
    const route = 'reconciliation differences'
    const { position, filters } = this.#position(route, client, query.cursor, { kind: query.kind, state: query.state })
    const rows = await differences.list(listDifferencesQuerySchema.parse(filters), position, query.limit + 1)
    answerCurrent(
      reply,
      this.#page(
        route,
        client,
        filters,
        rows,
        query.limit,
        ({ first_seen, id }) => ({ time: isoTime(first_seen.getTime()), id }),
        (row) => toDifference(ids, row),
      ),
    )
  }

  /** Answers when all of the file is read and kept; what is compared then is the run's. */
  @Post('statements/:day')
  @RequireScope('ops')
  async give(
    @Param('day') text: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Identity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { runs, runner } = this.#parts
    refuseQuery(request)
    const day = statementDaySchema.safeParse(text).data
    if (day === undefined) throw new ProblemError('not_found', 'Statements are named by a day, as in 2026-11-27.')
    this.#demandBegun(day)
    const file = statementOf(request)
    const row = await this.#demandStarted({ kind: 'statement', day, source: 'file', isFull: true }, caller)
    try {
      this.#answer(reply, await runner.take(row, day, file))
    } catch (error) {
      if (error instanceof StatementError)
        throw new ProblemError(error.isTooLarge ? 'payload_too_large' : 'statement_invalid', `${error.message}.`)
      const failed = await runs.read(row.id)
      throw failed?.state === 'failed'
        ? new ProblemError('unavailable', 'The run has failed.', { cause: error })
        : error
    }
  }

  /** Starts a run that goes on by itself. */
  async #begin(run: Omit<NewRun, 'id'>, caller: Identity): Promise<RunRow> {
    const row = await this.#demandStarted(run, caller)
    void this.#parts.runner.carryOut(row)
    return row
  }

  /** @throws ProblemError `reconciliation_running` (409) */
  async #demandStarted(run: Omit<NewRun, 'id'>, { client, key_id: keyId }: Identity): Promise<RunRow> {
    const row = await this.#parts.runner.start({ ...run, askedBy: { client, keyId } })
    if (row === undefined)
      throw new ProblemError('reconciliation_running', 'One run of a kind is under way at a time: wait for its end.')
    return row
  }

  /** @throws ProblemError `validation_failed` (422) for a day that has not begun */
  #demandBegun(day: string): void {
    if (day <= dayOf(this.#parts.clock.now())) return
    throw new ProblemError('validation_failed', 'The day has not begun.', {
      errors: [{ pointer: '/day', code: 'too_late', detail: 'has not begun' }],
    })
  }

  #answer(reply: FastifyReply, row: RunRow): void {
    const run = this.#shown(row)
    reply.header('location', `/v1/ops/reconciliation/runs/${run.id}`)
    answerJson(reply, 202, JSON.stringify(run))
  }

  #shown(row: RunRow): ReconciliationRun {
    const { kind, state, day, source, is_full, checked, found, opened, resolved, is_truncated, error } = row
    const { asked_by_client_id: client_id, asked_by_key_id: key_id } = row
    return {
      id: this.#parts.ids.fromUuid('rec', row.id, HOUSE_CLIENT),
      kind,
      state,
      day,
      source,
      is_full,
      asked_by: client_id === null || key_id === null ? null : { client_id, key_id },
      created_at: isoTime(row.created_at.getTime()),
      finished_at: row.finished_at === null ? null : isoTime(row.finished_at.getTime()),
      checked,
      found,
      opened,
      resolved,
      is_truncated,
      error,
    }
  }

  #position(
    route: string,
    client: number,
    cursor: string | undefined,
    filters: CursorFilters,
  ): { readonly position: Position; readonly filters: CursorFilters } {
    if (cursor === undefined) return { position: NEWEST, filters }
    return this.#parts.cursors.decode({ route, client }, cursor, filters, positionSchema)
  }

  #page<Row, Item>(
    route: string,
    client: number,
    filters: CursorFilters,
    rows: readonly Row[],
    limit: number,
    at: (row: Row) => Position,
    show: (row: Row) => Item,
  ): { readonly data: Item[]; readonly next_cursor: string | null } {
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    const next_cursor = last === undefined ? null : this.#parts.cursors.encode({ route, client }, filters, at(last))
    return { data: shown.map(show), next_cursor }
  }
}
