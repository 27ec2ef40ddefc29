import { Controller, Delete, Get, Inject, Param, Patch, Post, Query, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  createWebhookEndpointSchema,
  listDeliveriesQuerySchema,
  pageQuerySchema,
  rotateWebhookSecretSchema,
  updateWebhookEndpointSchema,
  type Identity,
  type IssuedWebhookEndpoint,
} from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import type { CursorCodec, CursorFilters } from '@paycluster/platform/cursor/cursor-codec'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { readIdempotencyKey } from '@paycluster/platform/http/idempotency-key'
import { parseBody, parseQuery } from '@paycluster/platform/http/validation'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import { ProblemError } from '@paycluster/platform/problem-error'
import { answerCurrent, answerJson, answerSecret } from '../../answers.ts'
import { bodyOf, refuseQuery } from '../../requests.ts'
import { toDelivery } from '../deliveries/delivery-row.ts'
import type { DeliveryStore } from '../deliveries/delivery-store.ts'
import type { AddressGuard } from '../sending/address-guard.ts'
import { demandReachable } from './demand-reachable.ts'
import { secretsOf, toEndpoint, toIso, type EndpointRow } from './endpoint-row.ts'
import { NEWEST, type EndpointStore, type Position } from './endpoint-store.ts'
import type { WebhookSecrets } from './webhook-secrets.ts'

/** For how long an old secret signs beside the new one. */
const OLD_SECRET_MS = 86_400_000

const positionSchema = z.strictObject({ time: z.string(), id: z.string() })

export interface EndpointParts {
  readonly store: EndpointStore
  readonly deliveries: DeliveryStore
  readonly guard: AddressGuard
  readonly secrets: WebhookSecrets
  readonly ids: IdCodec
  readonly cursors: CursorCodec
  readonly clock: Clock
}

export const ENDPOINT_PARTS = Symbol('webhook endpoint parts')

@Controller('v1/webhook-endpoints')
export class EndpointsController {
  readonly #parts: EndpointParts

  constructor(@Inject(ENDPOINT_PARTS) parts: EndpointParts) {
    this.#parts = parts
  }

  @Post()
  @RequireScope('payments:write')
  async create(
    @Req() request: FastifyRequest,
    @Caller() { client }: Identity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { store, guard, secrets, ids } = this.#parts
    refuseQuery(request)
    const key = readIdempotencyKey(request.headers['idempotency-key'])
    const body = parseBody(createWebhookEndpointSchema, bodyOf(request))
    await demandReachable(guard, body.url)
    const id = key === undefined ? ids.random('whe', client) : ids.derive('whe', client, key)
    const { url, description, events } = body
    const fingerprint = fingerprintOf({ url, description, events: events?.toSorted().join(' ') })
    const { row, isReplay } = await store.create({ ...body, id: idToUuid(id), client, fingerprint })
    if (isReplay) reply.header('idempotent-replayed', 'true')
    reply.header('location', `/v1/webhook-endpoints/${id}`)
    const { secret } = secrets.all(secretsOf(row), this.#parts.clock.now())
    const issued: IssuedWebhookEndpoint = { ...toEndpoint(ids, row), secret }
    answerSecret(reply, 201, JSON.stringify(issued))
  }

  @Get()
  @RequireScope('payments:read')
  async list(@Query() asked: unknown, @Caller() { client }: Identity, @Res() reply: FastifyReply): Promise<void> {
    const query = parseQuery(pageQuerySchema, asked)
    const { position } = this.#position('webhook endpoints', client, query.cursor, {})
    const rows = await this.#parts.store.list(client, position, query.limit + 1)
    answerCurrent(
      reply,
      this.#page('webhook endpoints', client, {}, rows, query.limit, (row) => this.#shown(row)),
    )
  }

  @Get(':id')
  @RequireScope('payments:read')
  async read(@Param('id') id: string, @Caller() { client }: Identity, @Res() reply: FastifyReply): Promise<void> {
    refuseQuery(reply.request)
    answerCurrent(reply, this.#shown(await this.#parts.store.read(this.#uuid(id, client), client)))
  }

  @Patch(':id')
  @RequireScope('payments:write')
  async update(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() { client }: Identity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    refuseQuery(request)
    const uuid = this.#uuid(id, client)
    const update = parseBody(updateWebhookEndpointSchema, bodyOf(request))
    if (update.url !== undefined) await demandReachable(this.#parts.guard, update.url)
    answerJson(reply, 200, JSON.stringify(this.#shown(await this.#parts.store.update(uuid, client, update))))
  }

  @Delete(':id')
  @RequireScope('payments:write')
  async delete(@Param('id') id: string, @Caller() { client }: Identity, @Res() reply: FastifyReply): Promise<void> {
    refuseQuery(reply.request)
    await this.#parts.store.delete(this.#uuid(id, client), client)
    void reply.status(204).send()
  }

  @Get(':id/secret')
  @RequireScope('payments:write')
  async secret(@Param('id') id: string, @Caller() { client }: Identity, @Res() reply: FastifyReply): Promise<void> {
    refuseQuery(reply.request)
    const row = await this.#parts.store.read(this.#uuid(id, client), client)
    const nowMs = this.#parts.clock.now()
    reply.header('x-as-of', isoTime(nowMs))
    answerSecret(reply, 200, JSON.stringify(this.#parts.secrets.all(secretsOf(row), nowMs)))
  }

  @Post(':id/rotate-secret')
  @RequireScope('payments:write')
  async rotate(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() { client }: Identity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { store, secrets, clock } = this.#parts
    refuseQuery(request)
    const uuid = this.#uuid(id, client)
    parseBody(rotateWebhookSecretSchema, bodyOf(request, { isOptional: true }))
    const nowMs = clock.now()
    const row = await store.rotateSecret(uuid, client, nowMs, isoTime(nowMs + OLD_SECRET_MS))
    answerSecret(reply, 200, JSON.stringify(secrets.all(secretsOf(row), nowMs)))
  }

  @Get(':id/deliveries')
  @RequireScope('payments:read')
  async deliveries(
    @Param('id') id: string,
    @Query() asked: unknown,
    @Caller() { client }: Identity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { store, deliveries, ids } = this.#parts
    const query = parseQuery(listDeliveriesQuerySchema, asked)
    const uuid = this.#uuid(id, client)
    await store.read(uuid, client)
    const route = `webhook deliveries ${id}`
    const repeated = { state: query.state, event_type: query.event_type }
    const { position, filters } = this.#position(route, client, query.cursor, repeated)
    const { state, event_type: eventType } = listDeliveriesQuerySchema.parse(filters)
    const rows = await deliveries.list(uuid, position, { state, eventType }, query.limit + 1)
    answerCurrent(
      reply,
      this.#page(route, client, filters, rows, query.limit, (row) => toDelivery(ids, row)),
    )
  }

  #shown(row: EndpointRow): ReturnType<typeof toEndpoint> {
    return toEndpoint(this.#parts.ids, row)
  }

  /** @throws ProblemError `not_found` (404) for an id that is not the client's: the database is not asked */
  #uuid(id: string, client: number): string {
    if (!this.#parts.ids.isOwnedBy('whe', id, client))
      throw new ProblemError('not_found', 'There is no such webhook endpoint.')
    return idToUuid(id)
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

  #page<Row extends { readonly id: string; readonly created_at: Date }, Item>(
    route: string,
    client: number,
    filters: CursorFilters,
    rows: readonly Row[],
    limit: number,
    show: (row: Row) => Item,
  ): { readonly data: Item[]; readonly next_cursor: string | null } {
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    const next_cursor =
      last === undefined
        ? null
        : this.#parts.cursors.encode({ route, client }, filters, { time: toIso(last.created_at), id: last.id })
    return { data: shown.map(show), next_cursor }
  }
}
