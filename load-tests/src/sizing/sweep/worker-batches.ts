import { sumOfMetric } from '../../timeline/exposition.ts'
import { LoadError } from '../../load-error.ts'
import type { LocalCluster } from '../../target/target.ts'

const TIMEOUT_MS = 5000

/** Transactions that the workers have committed since they began. @throws LoadError `not_ready` */
export async function countOfBatches({ workers }: Pick<LocalCluster, 'workers'>): Promise<number> {
  const counts = workers.map(async (address) => {
    const response = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    return sumOfMetric(await response.text(), 'worker_batch_commands_count') ?? 0
  })
  try {
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
  } catch (cause) {
    throw new LoadError('not_ready', 'a payment-worker does not tell its metrics', { cause })
  }
}
