import { checkLedger } from '@paycluster/cluster/verify/check-ledger'

/** What is wrong with a ledger: `I3 a payment that failed has an entry`. */
export async function ledgerFaults(monitorUrl: string): Promise<string[]> {
  const results = await checkLedger(monitorUrl)
  return results
    .filter(({ state }) => state !== 'ok')
    .flatMap(({ id, rows }) => rows.map(({ problem }) => `${id} ${String(problem)}`))
}
