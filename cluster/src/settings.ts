/**
 * Every setting of the native cluster, with its default. `cluster.config.json` at the root overrides a default, an
 * environment variable overrides both: `ports.gateway` is `PAYCLUSTER_PORTS_GATEWAY`. `npm run cluster -- settings`
 * prints them all.
 */
import { z } from 'zod'

/**
 * A load test's outgoing connections sit in TIME_WAIT on ephemeral ports, and a server that wants one of those cannot
 * bind. Linux hands them out from 32768.
 */
export const FIRST_EPHEMERAL_PORT = 32_768
/** Nodes of a kind have consecutive ports; this many fit between two kinds. */
const MAX_NODES_PER_KIND = 8

/**
 * Ports that browsers and Node's fetch refuse to connect to: https://fetch.spec.whatwg.org/#port-blocking. Below 1024 all
 * but the web's own are refused.
 */
const BLOCKED_PORTS = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
])
const FIRST_FREE_PORT = 1024

const isBlocked = (port: number): boolean =>
  BLOCKED_PORTS.has(port) || (port < FIRST_FREE_PORT && port !== 80 && port !== 443)

const port = (value: number, what: string) =>
  z
    .int()
    .min(1)
    .max(FIRST_EPHEMERAL_PORT - 1)
    .refine((chosen) => !isBlocked(chosen), 'browsers refuse this port; choose another one')
    .default(value)
    .describe(what)
const count = (value: number, min: number, what: string) =>
  z.int().min(min).max(MAX_NODES_PER_KIND).default(value).describe(what)
const size = (value: number, min: number, max: number, what: string) =>
  z.int().min(min).max(max).default(value).describe(what)
const environment = (what: string) =>
  z
    .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string())
    .default({})
    .describe(what)

const ports = z.strictObject({
  gateway: port(8080, 'HTTP of the gateway'),
  gatewayTls: port(8443, 'HTTPS of the gateway'),
  primary: port(15_432, 'PostgreSQL primary'),
  replicas: port(15_433, 'first PostgreSQL replica; the next ones follow'),
  redis: port(16_379, 'Redis'),
  kafka: port(19_092, 'Kafka broker'),
  kafkaController: port(19_093, 'Kafka controller'),
  paymentServiceAdmin: port(19_101, 'first payment-service, private port; the next ones follow'),
  inquiryServiceAdmin: port(19_111, 'first inquiry-service, private port; the next ones follow'),
  paymentWorkerAdmin: port(19_121, 'first payment-worker, private port; the next ones follow'),
  eventServicesAdmin: port(19_141, 'first event-services, private port; the next ones follow'),
  bank: port(19_131, 'the bank that bank-simulator is'),
  bankControl: port(19_132, 'what decides how that bank behaves'),
  trafficGenerator: port(19_151, 'API of traffic-generator, which asks for no key'),
})

const counts = z.strictObject({
  replicas: count(2, 0, 'PostgreSQL replicas; with 0, commits wait for no other node'),
  paymentService: count(1, 0, 'processes of payment-service'),
  inquiryService: count(2, 0, 'processes of inquiry-service'),
  paymentWorker: count(1, 0, 'processes of payment-worker'),
  eventServices: count(1, 0, 'processes of event-services, which listen to payment.events'),
  bankSimulator: z
    .int()
    .min(0)
    .max(1)
    .default(1)
    .describe('1: a simulated bank and card vault; 0: deposits, withdrawals and cards need a bank of your own'),
  trafficGenerator: z
    .int()
    .min(0)
    .max(1)
    .default(0)
    .describe("1: a generator of traffic, with the demo's keys; it sends nothing until it is told to"),
  gatewayWorkers: count(1, 1, "Nginx's worker processes; one passes on 12,000 requests a second"),
})

const postgres = z.strictObject({
  sharedBuffersMb: size(256, 16, 65_536, 'shared_buffers of each node'),
  maxConnections: size(120, 20, 2000, 'max_connections, equal on every node'),
  durability: z.enum(['quorum', 'local']).default('quorum').describe('quorum: a commit waits for any one replica'),
  fsync: z.boolean().default(true).describe('off only for throwaway test clusters'),
})

const kafka = z.strictObject({
  heapMb: size(512, 256, 32_768, 'heap of the broker'),
  lifetime: z
    .enum(['long', 'short'])
    .default('long')
    .describe('short: a broker for minutes, which starts with half the CPU and does less with it later'),
  partitions: size(12, 1, 256, 'partitions of payment.commands and payment.events; fixed at first start'),
})

const redis = z.strictObject({
  maxMemoryMb: size(256, 16, 65_536, 'beyond it the least recently used entries go'),
})

const services = z.strictObject({
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info').describe('of every service'),
  oldSpaceMb: size(160, 32, 16_384, '--max-old-space-size of each service'),
  semiSpaceMb: size(16, 1, 256, '--max-semi-space-size of each service but the workers'),
  workerSemiSpaceMb: size(
    8,
    1,
    256,
    'and of these: what a batch holds outlives the young generation, whatever its size',
  ),
  heapGrowingPercent: size(
    40,
    10,
    400,
    '--heap-growing-percent of each service but the workers: how far its heap grows between two full collections',
  ),
  workerHeapGrowingPercent: size(80, 10, 400, 'and of these: V8’s own 30 cost them a fifth of their CPU'),
  paymentServiceEnv: environment('more variables for payment-service, such as its producer limits'),
  inquiryServiceEnv: environment('more variables for inquiry-service'),
  paymentWorkerEnv: environment('more variables for payment-worker, such as its batch size'),
  eventServicesEnv: environment('more variables for event-services'),
})

const demo = z.strictObject({
  load: z.boolean().default(true).describe('load demo accounts and a demo key'),
  customers: size(1000, 1, 1_000_000, 'funded demo customers'),
  merchants: size(50, 1, 100_000, 'demo merchants'),
})

const supervision = z.strictObject({
  restart: z.boolean().default(true).describe('start a node again that ended by itself'),
  maxRestarts: size(5, 1, 1000, 'ends of one node in a row after which its next start may be more than 5 s away'),
  windowS: size(60, 1, 3600, 'ready for so many seconds, a node counts anew; also the longest wait for its next start'),
})

export const settingsSchema = z.strictObject({
  stateDir: z.string().min(1).default('.cluster').describe('data, logs, sockets; relative to the root'),
  toolsDir: z.string().min(1).default('.tools').describe('downloaded tools, kept by reset; relative to the root'),
  startTimeoutS: size(60, 5, 3600, 'how long one node may take to become ready'),
  ports: ports.prefault({}),
  counts: counts.prefault({}),
  postgres: postgres.prefault({}),
  kafka: kafka.prefault({}),
  redis: redis.prefault({}),
  services: services.prefault({}),
  demo: demo.prefault({}),
  supervision: supervision.prefault({}),
})

export type Settings = z.output<typeof settingsSchema>
export type SettingsInput = z.input<typeof settingsSchema>
export type PortName = keyof Settings['ports']
