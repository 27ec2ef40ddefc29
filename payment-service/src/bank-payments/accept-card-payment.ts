import { createCardPaymentSchema, isCardExpired, type Card, type CardDetails } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Answer } from '../commands/answer.ts'
import type { TokenizedCard } from '../cards/card-vault.ts'
import { takeCommand } from '../commands/command-intake.ts'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import { demandIdempotencyKey } from '@paycluster/platform/http/idempotency-key'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'
import { noSuchAccount, queuedBankPayment } from './asked-bank-payment.ts'

/**
 * Accepts a payment by card: 202 once Kafka has the command on all in-sync replicas, or 201 with its final state when the
 * client waits and the bank is in time. The card goes to the vault, encrypted; what goes on is the token that stands for it,
 * its brand and its last four digits.
 *
 * @throws ProblemError `idempotency_key_missing` (400) · `not_found` (404) for a destination that this cluster never issued
 * · `validation_failed`, `idempotency_key_reused` (422) · `overloaded`, `unavailable` (503)
 */
export async function acceptCardPayment(writeSide: WriteSide, request: WriteRequest): Promise<Answer> {
  const { intake, ids, vault } = writeSide
  const key = demandIdempotencyKey(request.idempotencyKey)
  const { card: details, destination, ...rest } = parseBody(createCardPaymentSchema, request.body)
  const { client } = request.identity
  if (!ids.isIssued('acc', destination)) throw noSuchAccount('/destination', 'is not an account')
  if (isCardExpired(details, intake.clock.now())) throw expired()
  const id = ids.derive('pay', client, key)
  const body = { ...rest, account: destination }
  const fingerprint = fingerprintOf({ rail: 'card', ...body, card: writeSide.cardFingerprint(identityOf(details)) })
  const earlier = await intake.keys.find(id)
  // What is in the log already has its token; asked for again, or with another card, it needs no vault to be told so.
  const isKnown = earlier !== undefined && (earlier.accepted || earlier.fingerprint !== fingerprint)
  const card = isKnown ? undefined : await vault.tokenize(details, id)
  return takeCommand(intake, {
    command: { type: 'bank_payment.create', id, rail: 'card', ...body, ...tokenOf(card), client, fingerprint },
    partitionKey: destination,
    hasKey: true,
    queuedBody: (createdAt) =>
      JSON.stringify(queuedBankPayment(ids, { id, rail: 'card', ...body, card: shownOf(card) }, createdAt)),
    location: `/v1/payments/${id}`,
    waitS: request.waitS ?? 0,
    context: request.context,
  })
}

const tokenOf = (card: TokenizedCard | undefined): { card?: TokenizedCard } => (card === undefined ? {} : { card })

const shownOf = (card: TokenizedCard | undefined): Card | null =>
  card === undefined ? null : { brand: card.brand, last4: card.last4 }

/** Which card it is. Its code is no part of that, and is kept in no form. */
const identityOf = ({ number, expiry_month, expiry_year }: CardDetails): string =>
  `${number} ${expiry_month} ${expiry_year}`

const expired = (): ProblemError =>
  new ProblemError('validation_failed', 'The card has expired.', {
    errors: [{ pointer: '/card/expiry_year', code: 'card_expired', detail: 'is past' }],
  })
