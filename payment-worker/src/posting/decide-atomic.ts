import type { BatchPayment } from './batch-command.ts'
import { asFailed, decidePayment } from './decide-payment.ts'
import type { NewPayment, RepeatedPayment } from './decisions.ts'
import type { RunningLedger } from './running-ledger.ts'

/**
 * Payments that succeed together or not at all: each is decided as if those before it had been posted, and when one fails
 * all of it is taken back.
 */
export function decideAtomic(
  ledger: RunningLedger,
  payments: readonly BatchPayment[],
): (NewPayment | RepeatedPayment)[] {
  const accounts = payments.flatMap(({ source, destination }) => [source, destination])
  const takeBack = ledger.remember(accounts)
  const decisions = payments.map((payment) => decidePayment(ledger, payment))
  if (decisions.every((decision) => decision.kind === 'repeated payment' || decision.failure === null)) return decisions
  takeBack()
  return decisions.map((decision) => {
    if (decision.kind === 'repeated payment') return decision
    const failed = asFailed(decision, decision.failure ?? 'batch_failed')
    ledger.addPayment(failed)
    return failed
  })
}
