import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { ProblemError } from '@paycluster/platform/problem-error'

/** The owners of a payment, as the ledger has them. */
export interface PaymentOwners {
  readonly payer_client_id: number | null
  readonly payee_client_id: number | null
}

/**
 * Refuses an id that this cluster never issued, before it is looked up.
 *
 * @throws ProblemError `not_found` (404)
 */
export function demandIssued(ids: IdCodec, id: string): void {
  if (!ids.isIssued('pay', id)) throw noSuchPayment()
}

/**
 * Refuses a payment that the caller has no part in.
 *
 * @param owners  undefined for a payment that is not in the ledger yet: its id tells who pays
 * @throws ProblemError `not_found` (404)
 */
export function demandPart(ids: IdCodec, id: string, client: number, owners: PaymentOwners | undefined): void {
  const payer = owners === undefined ? client : owners.payer_client_id
  // Whoever does not pay cannot check the owner's tag: an id with another one names no payment.
  const isWhole = payer !== null && ids.isOwnedBy('pay', id, payer)
  if (!isWhole || (client !== payer && client !== owners?.payee_client_id)) throw noSuchPayment()
}

export const noSuchPayment = (): ProblemError => new ProblemError('not_found', 'There is no such payment.')
