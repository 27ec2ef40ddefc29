/**
 * The commands of a backlog, as payment-service writes them: customers pay, most of them one hot merchant, a few more than
 * they have, and a few commands are on the log twice. Pure.
 */
import { createHash } from 'node:crypto'
import type { PaymentCommand } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { OutgoingMessage } from '@paycluster/platform/kafka/topic-connection'

export interface BacklogPlan {
  /** Begins every idempotency key. */
  readonly runId: string
  /** The number of the client who owns the accounts. */
  readonly client: number
  readonly customers: readonly string[]
  /** All are paid by all; there is one, for the hottest row that can be. */
  readonly merchant: string
  readonly currency: string
  /** Payments with an id of their own. */
  readonly payments: number
  /** Whether some commands come twice. */
  readonly isRepeating: boolean
  /** When they were accepted, in milliseconds of the epoch. */
  readonly nowMs: number
}

/** One of 50 is declined: 2 %. */
const DECLINED_EVERY = 50
/** One of 100 comes twice: 1 %. */
const REPEATED_EVERY = 100
/** So many messages later, in another batch more often than not. */
const REPEATED_AFTER = 400
const AMOUNT_MINOR = 1
/** Ten thousand times what a demo customer has. */
const TOO_MUCH_MINOR = 1_000_000_000_000

/** What the ledger must have afterwards. */
export interface BacklogCounts {
  readonly payments: number
  readonly succeeded: number
  readonly declined: number
  readonly repeated: number
  readonly messages: number
  /** What the merchant is paid in all. */
  readonly paidMinor: number
}

export function countBacklog({ payments, isRepeating }: Pick<BacklogPlan, 'payments' | 'isRepeating'>): BacklogCounts {
  const declined = Math.ceil(payments / DECLINED_EVERY)
  const repeated = isRepeating ? Math.floor(payments / REPEATED_EVERY) : 0
  const succeeded = payments - declined
  return { payments, succeeded, declined, repeated, messages: payments + repeated, paidMinor: succeeded * AMOUNT_MINOR }
}

/** The messages in the order in which they go to the log. */
export function* backlogMessages(codec: IdCodec, plan: BacklogPlan): Generator<OutgoingMessage> {
  const toRepeat: { readonly at: number; readonly message: OutgoingMessage }[] = []
  let written = 0
  for (let index = 0; index < plan.payments; index++) {
    const message = toMessage(commandOf(codec, plan, index))
    yield message
    written++
    if (plan.isRepeating && index % REPEATED_EVERY === REPEATED_EVERY - 1)
      toRepeat.push({ at: written + REPEATED_AFTER, message })
    for (let next = toRepeat[0]; next !== undefined && next.at <= written; next = toRepeat[0]) {
      yield next.message
      written++
      toRepeat.shift()
    }
  }
  for (const { message } of toRepeat) yield message
}

function commandOf(codec: IdCodec, plan: BacklogPlan, index: number): PaymentCommand {
  const { runId, client, customers, merchant, currency, nowMs } = plan
  const body = {
    source: customers[index % customers.length] ?? '',
    destination: merchant,
    amount: index % DECLINED_EVERY === 0 ? TOO_MUCH_MINOR : AMOUNT_MINOR,
    currency,
  }
  return {
    type: 'payment.create',
    id: codec.derive('pay', client, `${runId}-${index}`),
    ...body,
    client,
    fingerprint: createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 32),
    created_at_ms: nowMs,
  }
}

/** Keyed by the debited account, as every payment is. */
const toMessage = (command: PaymentCommand): OutgoingMessage => ({
  key: command.source,
  value: JSON.stringify(command),
})
