/** The one way to a Kafka client: kafkajs with its logger, its partitioner and its idle timer put right. */
import type { ICustomPartitioner, Kafka as KafkaClient, KafkaConfig, LogEntry } from 'kafkajs'
import type { Logger } from '../logging.ts'
import { Kafka, logLevel } from './kafkajs.ts'
import { toPartition } from './partitioner.ts'

export interface KafkaClientOptions {
  /** `host:port` of at least one broker. */
  readonly brokers: readonly string[]
  /** The instance's name, as the broker's logs and quotas show it. */
  readonly clientId: string
  readonly logger: Logger
  /** How long a broker may take to answer one request. */
  readonly requestTimeoutMs?: number
  readonly connectionTimeoutMs?: number
  /** kafkajs's own retries of a request. Default: 5 between 100 ms and 1 s apart, as a leader's election takes that long. */
  readonly retry?: NonNullable<KafkaConfig['retry']>
}

const DEFAULT_REQUEST_TIMEOUT_MS = 10_000
const DEFAULT_CONNECTION_TIMEOUT_MS = 2_000
const DEFAULT_RETRY = { initialRetryTime: 100, maxRetryTime: 1000, retries: 5 } as const

/**
 * Makes a client; it connects when a producer, consumer or admin of it does.
 *
 * Give every producer {@link keyPartitioner}: writers of one topic must agree on where a key lies.
 */
export function createKafkaClient(options: KafkaClientOptions): KafkaClient {
  return new Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    requestTimeout: options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS,
    connectionTimeout: options.connectionTimeoutMs ?? DEFAULT_CONNECTION_TIMEOUT_MS,
    retry: options.retry ?? DEFAULT_RETRY,
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => {
      logEntry(options.logger, entry)
    },
  })
}

/** By key, as Java's default partitioner does it. A message without a key goes to partition 0: nothing here sends one. */
export const keyPartitioner: ICustomPartitioner =
  () =>
  ({ message, partitionMetadata }) =>
    toPartition(message.key ?? '', partitionMetadata.length)

/** What kafkajs puts into every entry and pino says itself, and the stacks of its own sockets, which say nothing. */
const DROPPED_FIELDS: ReadonlySet<string> = new Set(['message', 'timestamp', 'logger', 'stack'])

/** Says every attempt at a socket, 12 lines a second while a broker is away. Whoever wants the connection says it once. */
const NOISY_NAMESPACES: ReadonlySet<string> = new Set(['Connection', 'BrokerPool'])

/**
 * kafkajs says `ERROR` of everything that it will try again, so that its errors are warnings here: whoever gives up on
 * an operation logs that as an error.
 */
function logEntry(logger: Logger, { namespace, level, log }: LogEntry): void {
  const pinoLevel = NOISY_NAMESPACES.has(namespace) ? 'debug' : PINO_LEVELS[level]
  if (!logger.isLevelEnabled(pinoLevel)) return
  const fields = Object.fromEntries(Object.entries(log).filter(([name]) => !DROPPED_FIELDS.has(name)))
  logger[pinoLevel]({ ...fields, kafkajs: namespace }, log.message)
}

const PINO_LEVELS = {
  [logLevel.NOTHING]: 'debug',
  [logLevel.ERROR]: 'warn',
  [logLevel.WARN]: 'warn',
  [logLevel.INFO]: 'info',
  [logLevel.DEBUG]: 'debug',
} as const
