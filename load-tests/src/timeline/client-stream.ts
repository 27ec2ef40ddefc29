/**
 * What clients see, while they see it: k6 sends its counts and histograms once a second, and this takes them.
 *
 * k6 adds up by itself, by operation, so that a second is one message of some 20 kB however many requests it held: why
 * this way, and what others cost, is in docs/adr/0009-timeline-of-a-load-run.md.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MEASURED } from '../workload/metrics.ts'
import { OPERATIONS, type Operation } from '../workload/workload.ts'
import { mergeHistograms, type NativeHistogram } from './native-histogram.ts'
import { decodeWriteRequest, type RemoteSeries } from './remote-write.ts'

/** All since the start. Durations are in seconds. */
export interface OperationCounts {
  readonly requests: number
  readonly failed: number
  readonly durations: NativeHistogram | undefined
}

export interface ClientCounts {
  /** When k6 sent it, in milliseconds of the epoch. */
  readonly atMs: number
  readonly users: number
  readonly byOperation: ReadonlyMap<Operation, OperationCounts>
  /** Turns of users, with the pause at their end, in seconds. */
  readonly turns: NativeHistogram | undefined
  /** What an arrival rate asked for and no user was free to begin. */
  readonly dropped: number
}

const PATH = '/api/v1/write'
const PUSH_EVERY = '1s'
const PREFIX = 'k6_'

export class ClientStream {
  readonly #server: Server
  readonly #series = new Map<string, RemoteSeries>()
  #atMs: number | undefined

  private constructor(server: Server) {
    this.#server = server
  }

  /** Listens on a free port of this machine. */
  static async open(): Promise<ClientStream> {
    const server = createServer()
    const stream = new ClientStream(server)
    server.on('request', (request, response) => {
      stream.#take(request).then(
        () => response.writeHead(204).end(),
        () => response.writeHead(400).end(),
      )
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', resolve)
    })
    return stream
  }

  /** What k6 needs to be started with. */
  get k6(): { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> } {
    const { port } = this.#server.address() as AddressInfo
    return {
      args: ['--out', 'experimental-prometheus-rw'],
      env: {
        K6_PROMETHEUS_RW_SERVER_URL: `http://127.0.0.1:${port}${PATH}`,
        K6_PROMETHEUS_RW_PUSH_INTERVAL: PUSH_EVERY,
        K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM: 'true',
      },
    }
  }

  /** As of the last message; undefined before the first. */
  counts(): ClientCounts | undefined {
    return this.#atMs === undefined ? undefined : countsOf([...this.#series.values()], this.#atMs)
  }

  /** By operation, of the measured requests alone. */
  measuredDurations(): Map<Operation, NativeHistogram> {
    const measured = [...this.#series.values()].filter(({ labels }) => labels.phase === MEASURED)
    return new Map(
      OPERATIONS.flatMap((operation) => {
        const durations = durationsOf(measured, operation)
        return durations === undefined ? [] : [[operation, durations] as const]
      }),
    )
  }

  /** Turns of the measured time. */
  measuredTurns(): NativeHistogram | undefined {
    const measured = [...this.#series.values()].filter(({ labels }) => labels.phase === MEASURED)
    return histogramOf(measured, 'iteration_duration_seconds')
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #take(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    for (const series of decodeWriteRequest(Buffer.concat(chunks))) {
      const key = Object.entries(series.labels)
        .map(([name, value]) => `${name}=${value}`)
        .sort()
        .join()
      this.#series.set(key, series)
    }
    this.#atMs = Date.now()
  }
}

/** Pure. */
export function countsOf(series: readonly RemoteSeries[], atMs: number): ClientCounts {
  return {
    atMs,
    users: sumOf(series, 'vus'),
    byOperation: new Map(
      OPERATIONS.map((operation) => [
        operation,
        {
          requests: sumOf(series, 'http_reqs_total', operation),
          failed: failedOf(series, operation),
          durations: durationsOf(series, operation),
        },
      ]),
    ),
    turns: histogramOf(series, 'iteration_duration_seconds'),
    dropped: sumOf(series, 'dropped_iterations_total'),
  }
}

const named = (series: readonly RemoteSeries[], name: string, operation?: Operation): RemoteSeries[] =>
  series.filter(
    ({ labels }) => labels.__name__ === PREFIX + name && (operation === undefined || labels.op === operation),
  )

const sumOf = (series: readonly RemoteSeries[], name: string, operation?: Operation): number =>
  named(series, name, operation).reduce((sum, { value }) => sum + (value ?? 0), 0)

const histogramOf = (
  series: readonly RemoteSeries[],
  name: string,
  operation?: Operation,
): NativeHistogram | undefined =>
  mergeHistograms(named(series, name, operation).flatMap(({ histogram }) => histogram ?? []))

const durationsOf = (series: readonly RemoteSeries[], operation: Operation): NativeHistogram | undefined =>
  histogramOf(series, 'http_req_duration_seconds', operation)

/** k6 sends the share of the requests that failed, not their number: a share of each phase's requests. */
function failedOf(series: readonly RemoteSeries[], operation: Operation): number {
  const requests = named(series, 'http_reqs_total', operation)
  return named(series, 'http_req_failed_rate', operation).reduce((sum, { labels, value }) => {
    const all = requests.find((one) => one.labels.phase === labels.phase)?.value ?? 0
    return sum + Math.round((value ?? 0) * all)
  }, 0)
}
