import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { amountSchema, currencySchema, textSchema } from '@paycluster/contracts'
import type { Behaviours } from '../behaviour/behaviours.ts'
import { carryOut } from '../behaviour/carry-out.ts'
import { BankProblem } from '../http/bank-problem.ts'
import { fingerprintOf, idempotencyKeyOf } from '../http/idempotency-key.ts'
import { parseBody } from '../http/validation.ts'
import { answerOperation } from '../operations/operation-answer.ts'
import type { OperationDesk } from '../operations/operation-desk.ts'
import type { Decision, Outcome, Verdict } from '../operations/operation.ts'
import { readCardDetails, type CardDetails } from './card-details.ts'
import type { CardKey } from './card-key.ts'
import type { CardVault } from './card-vault.ts'

/** Five parts of base64url; the second, the encrypted key, is there because keys are wrapped. */
const JWE = /^[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+$/
const MAX_JWE_CHARACTERS = 8192

const tokenSchema = z.strictObject({
  encrypted_card: z.string().max(MAX_JWE_CHARACTERS).regex(JWE, { error: 'must be a compact JWE' }),
})
const chargeSchema = z.strictObject({
  token: z.string().regex(/^ctk_[0-9a-f]{32}$/, { error: 'must be a card token' }),
  amount: amountSchema,
  currency: currencySchema,
  reference: textSchema(100)
    .nullish()
    .transform((reference) => reference ?? null),
})

export interface CardDesk {
  readonly cardKey: CardKey
  readonly vault: CardVault
  readonly desk: OperationDesk
  readonly behaviours: Behaviours
}

/** Cards: the key to encrypt them with, tokens for them, charges of tokens. */
export function addCardRoutes(server: FastifyInstance, { cardKey, vault, desk, behaviours }: CardDesk): void {
  server.get('/v1/card-encryption-key', () => cardKey.publicJwk)

  server.post('/v1/card-tokens', async (request, reply) => {
    const idempotencyKey = idempotencyKeyOf(request)
    const { encrypted_card: jwe } = parseBody(tokenSchema, request.body)
    const planned = behaviours.next({ idempotencyKey, reference: null })
    request.behaviour = planned.behaviour.kind
    const card = await carryOut(reply, planned, async () =>
      vault.tokenise(idempotencyKey, await decryptCard(cardKey, jwe)),
    )
    return card === undefined ? reply : reply.status(201).send(card)
  })

  /** Authorises and captures at once. */
  server.post('/v1/card-charges', async (request, reply) => {
    const idempotencyKey = idempotencyKeyOf(request)
    const { token, amount, currency, reference } = parseBody(chargeSchema, request.body)
    const fingerprint = fingerprintOf('card_charge', token, amount, currency, reference)
    const asked = { type: 'card_charge' as const, amount, currency, reference, idempotencyKey, fingerprint }
    const planned = behaviours.next({ idempotencyKey, reference })
    request.behaviour = planned.behaviour.kind
    const operation = await carryOut(reply, planned, (verdict) =>
      desk.take(asked, () => {
        const { card, outcome } = vault.charge(token)
        return decisionOn(card, outcome, verdict)
      }),
    )
    return operation === undefined ? reply : answerOperation(reply, operation)
  })
}

/** A planned decline comes first; what is planned to settle ends as the card does. */
function decisionOn(
  { brand, last4 }: { readonly brand: string; readonly last4: string },
  outcome: Outcome,
  planned: Verdict | undefined,
): Decision {
  const verdict = { ...planned, outcome: planned?.outcome.status === 'declined' ? planned.outcome : outcome }
  return { verdict, card: { brand, last4 } }
}

/** @throws BankProblem `decryption_failed`, `card_invalid` (422) */
async function decryptCard(cardKey: CardKey, jwe: string): Promise<CardDetails> {
  let plaintext: Uint8Array
  try {
    plaintext = await cardKey.decrypt(jwe)
  } catch {
    // Why does not matter to whoever encrypted it for this key, and helps whoever tries another one's.
    throw new BankProblem('decryption_failed', 'Encrypt the card with ECDH-ES+A256KW and A256GCM for the current key.')
  }
  return readCardDetails(plaintext)
}
