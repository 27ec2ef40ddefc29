/**
 * Takes the bank's word that something has ended, and believes none of it: the bank is asked at once instead of at the next
 * look. So a callback that comes twice, late, in another order or from somebody else moves no money.
 */
import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'
import { Webhook } from 'standardwebhooks'
import { z } from 'zod'
import { rawBodyOf } from '@paycluster/platform/http/json-body'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { CallbackMetrics } from './callback-metrics.ts'

export interface CallbackParts {
  /** `whsec_…`; undefined: none is taken. */
  readonly secret: string | undefined
  readonly ids: IdCodec
  /** Has the bank asked about these payments and refunds now. Rejects when the ledger is away. */
  readonly hurry: (tasks: readonly string[]) => Promise<void>
  readonly metrics: CallbackMetrics
}

export const CALLBACK_PARTS = Symbol('bank callback parts')

/** What is looked at: under which key the bank has it. */
const callbackSchema = z.looseObject({ idempotency_key: z.string().max(255) })

@Controller('bank/callbacks')
export class BankCallbacksController {
  readonly #parts: CallbackParts

  constructor(@Inject(CALLBACK_PARTS) parts: CallbackParts) {
    this.#parts = parts
  }

  /** 204 for what needs no further try, also for a payment that is nobody's. */
  @Post()
  @HttpCode(204)
  async take(@Req() request: FastifyRequest): Promise<void> {
    const { ids, hurry, metrics } = this.#parts
    const { data } = callbackSchema.safeParse(this.#verified(request))
    const key = data?.idempotency_key ?? ''
    if (!ids.isIssued('pay', key) && !ids.isIssued('ref', key)) {
      metrics.taken('unknown')
      return
    }
    try {
      await hurry([idToUuid(key)])
    } catch (cause) {
      throw new ProblemError('unavailable', 'The ledger is away: send it again.', { cause })
    }
    metrics.taken('asked')
  }

  /** @throws ProblemError `not_found` (404) where none is taken · `signature_invalid` (401) */
  #verified(request: FastifyRequest): unknown {
    const { secret, metrics } = this.#parts
    if (secret === undefined) throw new ProblemError('not_found', 'There is nothing at this address.')
    try {
      const body = rawBodyOf(request)?.toString('utf8') ?? ''
      return new Webhook(secret).verify(body, request.headers as Record<string, string>)
    } catch (cause) {
      metrics.taken('unsigned')
      throw new ProblemError('signature_invalid', 'The callback is not signed by the bank, or is too old.', { cause })
    }
  }
}
