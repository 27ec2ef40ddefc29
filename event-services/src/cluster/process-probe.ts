/** Asks a process of the cluster how it is, at its private address: its readiness, and what it counts. */
import { z } from 'zod'

const TIMEOUT_MS = 1_000
/** A process counts some hundred things. */
const MAX_BYTES = 4_194_304

const readinessSchema = z.object({ ready: z.boolean(), reasons: z.record(z.string(), z.string()) })
const metricsSchema = z.array(
  z.object({
    name: z.string(),
    values: z.array(
      z.object({ value: z.number().nullable(), labels: z.record(z.string(), z.union([z.string(), z.number()])) }),
    ),
  }),
)

export interface ProcessAddress {
  readonly name: string
  /** `http://host:port`. */
  readonly url: string
}

/** What a process counts, by metric. */
export class ProcessMetrics {
  readonly #metrics: ReadonlyMap<string, z.output<typeof metricsSchema>[number]>

  constructor(metrics: z.output<typeof metricsSchema>) {
    this.#metrics = new Map(metrics.map((metric) => [metric.name, metric]))
  }

  /** The value of a metric without labels; null where there is none. */
  value(name: string): number | null {
    return this.#metrics.get(name)?.values[0]?.value ?? null
  }

  /** The values of a metric by one of its labels. */
  byLabel(name: string, label: string): ReadonlyMap<string, number> {
    const values = this.#metrics.get(name)?.values ?? []
    return new Map(
      values.flatMap(({ labels, value }): [string, number][] => {
        const key = labels[label]
        return key === undefined || value === null ? [] : [[String(key), value]]
      }),
    )
  }
}

export interface ProbedProcess {
  readonly name: string
  readonly isUp: boolean
  readonly isReady: boolean
  readonly reasons: Readonly<Record<string, string>>
  readonly metrics: ProcessMetrics
}

/** Never rejects: one that does not answer is not up. */
export async function probeProcess({ name, url }: ProcessAddress): Promise<ProbedProcess> {
  try {
    const [readiness, metrics] = await Promise.all([
      ask(`${url}/readyz`, readinessSchema),
      ask(`${url}/metrics.json`, metricsSchema),
    ])
    const { ready: isReady, reasons } = readiness
    return { name, isUp: true, isReady, reasons, metrics: new ProcessMetrics(metrics) }
  } catch (error) {
    const why = error instanceof Error ? error.message : 'does not answer'
    return { name, isUp: false, isReady: false, reasons: { process: why }, metrics: new ProcessMetrics([]) }
  }
}

async function ask<S extends z.ZodType>(url: string, schema: S): Promise<z.output<S>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' })
  const text = await response.text()
  if (text.length > MAX_BYTES) throw new Error(`${url} says too much`)
  return schema.parse(JSON.parse(text))
}
