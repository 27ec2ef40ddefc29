/** What to verify: the nodes of a cluster and the secrets to read them with. */
import { join } from 'node:path'
import { ClusterError } from '../cluster-error.ts'
import { initialisedAtMs } from '../initialised-marker.ts'
import { layoutOf } from '../layout.ts'
import { brokerAddress } from '../nodes/kafka.ts'
import { databaseUrl } from '../postgres/connection.ts'
import { readSecrets } from '../secrets.ts'
import type { Settings } from '../settings.ts'
import { newestRecord } from './accepted-records.ts'
import type { NamedUrl } from './check-replicas.ts'

export interface VerifyTarget {
  /** As payments_monitor. */
  readonly primaryUrl: string
  readonly replicas: readonly NamedUrl[]
  readonly redisUrl: string
  readonly kafkaBrokers: readonly string[]
  readonly clusterSecret: string
  /** What clients saw accepted; see accepted-records.ts. */
  readonly acceptedFile: string | undefined
}

/**
 * The native cluster that the settings describe.
 *
 * @param acceptedFile  default: the newest `accepted.jsonl` in `<state>/load/` that a load run on this ledger left
 * @throws ClusterError `not_running` when it was never started
 */
export function targetOf(settings: Settings, acceptedFile?: string): VerifyTarget {
  const layout = layoutOf(settings)
  const secrets = readSecrets(layout.secrets)
  if (secrets === undefined) {
    throw new ClusterError('not_running', 'there is no cluster to verify', { remedy: 'npm run cluster -- up' })
  }
  return {
    primaryUrl: databaseUrl(secrets, 'monitor', settings.ports.primary),
    replicas: Array.from({ length: settings.counts.replicas }, (_, index) => ({
      name: `replica-${String(index + 1)}`,
      url: databaseUrl(secrets, 'monitor', settings.ports.replicas + index),
    })),
    redisUrl: `redis://127.0.0.1:${String(settings.ports.redis)}`,
    kafkaBrokers: [brokerAddress(settings)],
    clusterSecret: secrets.clusterSecret,
    acceptedFile: acceptedFile ?? newestRecord(join(layout.state, 'load'), initialisedAtMs(layout)),
  }
}
