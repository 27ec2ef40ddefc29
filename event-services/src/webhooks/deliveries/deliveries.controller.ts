import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { resendDeliverySchema, type Identity } from '@paycluster/contracts'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseBody } from '@paycluster/platform/http/validation'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { answerCurrent, answerJson } from '../../answers.ts'
import { bodyOf, refuseQuery } from '../../requests.ts'
import { toDelivery, toFullDelivery } from './delivery-row.ts'
import { noSuchDelivery, type DeliveryStore } from './delivery-store.ts'

export interface DeliveryParts {
  readonly store: DeliveryStore
  readonly ids: IdCodec
  /** There is something to send. */
  readonly nudge: () => void
}

export const DELIVERY_PARTS = Symbol('webhook delivery parts')

@Controller('v1/webhook-deliveries')
export class DeliveriesController {
  readonly #parts: DeliveryParts

  constructor(@Inject(DELIVERY_PARTS) parts: DeliveryParts) {
    this.#parts = parts
  }

  @Get(':id')
  @RequireScope('payments:read')
  async read(@Param('id') id: string, @Caller() { client }: Identity, @Res() reply: FastifyReply): Promise<void> {
    refuseQuery(reply.request)
    const { store, ids } = this.#parts
    const { row, attempts } = await store.read(this.#uuid(id, client), client)
    answerCurrent(reply, toFullDelivery(ids, row, attempts))
  }

  @Post(':id/resend')
  @RequireScope('payments:write')
  async resend(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() { client }: Identity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { store, ids, nudge } = this.#parts
    refuseQuery(request)
    const uuid = this.#uuid(id, client)
    parseBody(resendDeliverySchema, bodyOf(request, { isOptional: true }))
    const row = await store.resend(uuid, client)
    nudge()
    answerJson(reply, 200, JSON.stringify(toDelivery(ids, row)))
  }

  /** @throws ProblemError `not_found` (404) for an id that is not the client's: the database is not asked */
  #uuid(id: string, client: number): string {
    if (!this.#parts.ids.isOwnedBy('whd', id, client)) throw noSuchDelivery()
    return idToUuid(id)
  }
}
