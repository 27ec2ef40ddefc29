/** Our own services: one plan for each instance, with the environment that its `src/config.ts` reads. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import { childEnvironment } from '../process/child-environment.ts'
import { databaseUrl } from '../postgres/connection.ts'
import { planPorts } from '../ports/port-plan.ts'
import { projectRoot } from '../project-root.ts'
import type { DatabaseRole, Secrets } from '../secrets.ts'
import type { PortName, Settings } from '../settings.ts'
import type { NodePlan } from '../supervisor/node-plan.ts'
import { bankApiKey, bankCallbackSecret, bankUrl } from './bank-simulator.ts'
import { brokerAddress } from './kafka.ts'
import { nodeProgram } from './node-program.ts'
import { readyz } from './readyz.ts'
import { redisSocket } from './redis.ts'
import { instancesOf, serviceSocket } from './service-sockets.ts'

/** Services bound their own stop by 15 s. */
const STOP_TIMEOUT_MS = 20_000

interface ServiceKind {
  readonly name: 'payment-service' | 'inquiry-service' | 'payment-worker' | 'event-services'
  readonly role: string
  readonly count: number
  readonly firstPort: PortName
  readonly semiSpaceMb: number
  readonly heapGrowingPercent: number
  readonly env: Readonly<Record<string, string>>
}

/** payment-service has no database at all; only the worker writes the ledger; inquiry-service reads as a reader. */
function kindsOf(settings: Settings, secrets: Secrets): ServiceKind[] {
  const { counts, ports, services } = settings
  const hasBank = counts.bankSimulator > 0
  const replicasAs = (role: DatabaseRole): string =>
    instancesOf('replica', counts.replicas)
      .map((name, index) => `${name}=${databaseUrl(secrets, role, ports.replicas + index)}`)
      .join(',')
  return [
    {
      name: 'payment-worker',
      role: 'posts commands to the ledger',
      count: counts.paymentWorker,
      firstPort: 'paymentWorkerAdmin',
      semiSpaceMb: services.workerSemiSpaceMb,
      heapGrowingPercent: services.workerHeapGrowingPercent,
      env: {
        PRIMARY_URL: databaseUrl(secrets, 'worker', ports.primary),
        DURABILITY: counts.replicas === 0 ? 'local' : settings.postgres.durability,
        ...(hasBank
          ? {
              BANK_URL: bankUrl(settings),
              BANK_API_KEY: bankApiKey(secrets),
              BANK_CALLBACK_SECRET: bankCallbackSecret(secrets),
            }
          : {}),
        ...services.paymentWorkerEnv,
      },
    },
    {
      name: 'event-services',
      role: 'listens to events',
      count: counts.eventServices,
      firstPort: 'eventServicesAdmin',
      semiSpaceMb: services.workerSemiSpaceMb,
      heapGrowingPercent: services.workerHeapGrowingPercent,
      env: {
        PRIMARY_URL: databaseUrl(secrets, 'events', ports.primary),
        REPLICA_URLS: replicasAs('events'),
        PROCESSES: processAddresses(settings),
        ...(hasBank ? { BANK_URL: bankUrl(settings), BANK_API_KEY: bankApiKey(secrets) } : {}),
        ...services.eventServicesEnv,
      },
    },
    {
      name: 'inquiry-service',
      role: 'reads',
      count: counts.inquiryService,
      firstPort: 'inquiryServiceAdmin',
      semiSpaceMb: services.semiSpaceMb,
      heapGrowingPercent: services.heapGrowingPercent,
      env: {
        PRIMARY_URL: databaseUrl(secrets, 'reader', ports.primary),
        REPLICA_URLS: replicasAs('reader'),
        ...services.inquiryServiceEnv,
      },
    },
    {
      name: 'payment-service',
      role: 'accepts writes',
      count: counts.paymentService,
      firstPort: 'paymentServiceAdmin',
      semiSpaceMb: services.semiSpaceMb,
      heapGrowingPercent: services.heapGrowingPercent,
      env: {
        ...(hasBank ? { CARD_VAULT_URL: bankUrl(settings), CARD_VAULT_KEY: bankApiKey(secrets) } : {}),
        ...services.paymentServiceEnv,
      },
    },
  ]
}

/** `payment-service-1=http://127.0.0.1:19101,…`: where each can be asked how it is. */
const processAddresses = (settings: Settings): string =>
  planPorts(settings)
    .filter(({ setting }) => setting.endsWith('Admin'))
    .map(({ node, port }) => `${node}=http://127.0.0.1:${port}`)
    .join(',')

/** Every instance of every service, in the order in which they start. */
export function serviceNodes(settings: Settings, secrets: Secrets, layout: Layout): NodePlan[] {
  return kindsOf(settings, secrets).flatMap((kind) =>
    instancesOf(kind.name, kind.count).map((instance, index) =>
      serviceNode(settings, secrets, layout, kind, instance, settings.ports[kind.firstPort] + index),
    ),
  )
}

function serviceNode(
  settings: Settings,
  secrets: Secrets,
  layout: Layout,
  kind: ServiceKind,
  instance: string,
  port: number,
): NodePlan {
  const socket = serviceSocket(layout, instance)
  const { oldSpaceMb, logLevel } = settings.services
  return {
    name: instance,
    role: kind.role,
    address: `127.0.0.1:${port}`,
    port,
    prepare: () => {
      rmSync(socket, { force: true })
    },
    file: nodeProgram(),
    args: [
      '--enable-source-maps',
      `--max-old-space-size=${oldSpaceMb}`,
      `--max-semi-space-size=${kind.semiSpaceMb}`,
      `--heap-growing-percent=${kind.heapGrowingPercent}`,
      mainOf(kind.name),
    ],
    cwd: projectRoot,
    env: childEnvironment({
      NODE_ENV: 'production',
      INSTANCE: instance,
      LISTEN: `unix:${socket}`,
      ADMIN_LISTEN: `127.0.0.1:${port}`,
      CLUSTER_SECRET: secrets.clusterSecret,
      LOG_LEVEL: logLevel,
      KAFKA_BROKERS: brokerAddress(settings),
      REDIS_URL: `unix://${redisSocket(layout)}`,
      ...kind.env,
    }),
    probe: () => readyz(`http://127.0.0.1:${port}/readyz`),
    readyTimeoutMs: settings.startTimeoutS * 1000,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: STOP_TIMEOUT_MS,
    hurrySignal: 'SIGKILL',
  }
}

const mainOf = (service: string): string => join(projectRoot, service, 'dist/main.js')
