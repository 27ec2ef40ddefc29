/** inquiry-service on the bench's own nodes, asked for what no cache holds: what reading from the ledger costs. */
import { redisNode } from '@paycluster/cluster/nodes/redis'
import { serviceNodes } from '@paycluster/cluster/nodes/service'
import { serviceSocket } from '@paycluster/cluster/nodes/service-sockets'
import { openTestServers } from '@paycluster/testkit/test-servers'
import { LoadError } from '../../load-error.ts'
import { identityHeader } from '../common/bench-identity.ts'
import { drive, type Driven } from '../common/drive.ts'
import { LeanClient } from '../common/http-client.ts'
import type { LedgerStage } from './ledger-stage.ts'
import { seededPaymentUuid } from './seed-ledger.ts'

export const READ_KINDS = ['balance', 'statement', 'payment'] as const
export type ReadKind = (typeof READ_KINDS)[number]

export interface ReadProbe {
  /** Each account and payment is asked for once, so that every read is a miss. @throws LoadError `load_failed` */
  read(kind: ReadKind, count: number, concurrency: number): Promise<Driven>
  stop(): Promise<void>
}

const INSTANCE = 'inquiry-service-1'
/** No divisor of what ledgers are sized by: goes through all payments in no order. */
const STRIDE = 7919

/** @throws ClusterError when Redis or the service does not start */
export async function startReadProbe(stage: LedgerStage, stop: AbortSignal): Promise<ReadProbe> {
  const servers = await openTestServers({ counts: { inquiryService: 1, paymentService: 0, paymentWorker: 0 } })
  const { layout } = servers
  const { ports, counts } = stage.db.settings
  const settings = {
    ...servers.settings,
    ports: { ...servers.settings.ports, primary: ports.primary, replicas: ports.replicas },
    counts: { ...servers.settings.counts, replicas: counts.replicas },
  }
  return servers.starting(async () => {
    await servers.add(redisNode(settings, layout)).start()
    for (const plan of serviceNodes(settings, stage.db.secrets, layout)) await servers.add(plan).start()
    const client = new LeanClient('http://inquiry', { connections: 64, socketPath: serviceSocket(layout, INSTANCE) })
    const headers = identityHeader(stage.db.secrets.clusterSecret, stage.cast.client, ['payments:read'])
    const used: Record<ReadKind, number> = { balance: 0, statement: 0, payment: 0 }
    return {
      read: (kind, count, concurrency) =>
        drive(
          concurrency,
          count,
          async () => {
            const path = pathOf(stage, kind, used[kind]++)
            const answer = await client.send({ method: 'GET', path, headers })
            const source = String(answer.headers['x-data-source'])
            if (answer.status !== 200 || source === 'cache')
              throw new LoadError(
                'load_failed',
                `${path} was answered ${answer.status} from ${source}, not from a node`,
              )
          },
          stop,
        ),
      async stop() {
        await client.close()
        await servers.stop()
      },
    }
  })
}

/** Balances from the first customer on, statements from the last: a statement brings its balance into the cache. */
function pathOf({ cast, codec, past }: LedgerStage, kind: ReadKind, n: number): string {
  if (kind === 'balance') return `/v1/accounts/${cast.customers[n] ?? ''}/balance`
  if (kind === 'statement') return `/v1/accounts/${cast.customers.at(-1 - n) ?? ''}/entries`
  const number = ((n * STRIDE) % past.payments) + 1
  return `/v1/payments/${codec.fromUuid('pay', seededPaymentUuid(past, number), cast.client)}`
}
