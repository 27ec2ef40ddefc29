/**
 * k6's garbage, collected when we say so: k6 serves Go's profiler and counters at its own address.
 * https://pkg.go.dev/net/http/pprof (`heap?gc=1` collects before it answers), https://pkg.go.dev/runtime#MemStats
 */
import { z } from 'zod'
import { freePort } from '../free-port.ts'

/** 3.5 GB of live users take ten seconds beside a busy cluster. */
const COLLECT_TIMEOUT_MS = 60_000
const COUNT_TIMEOUT_MS = 5000

const countersSchema = z.object({ memstats: z.object({ NumGC: z.number() }) })

export class GeneratorMemory {
  /** What k6 is started with, as `--address`. */
  readonly address: string

  private constructor(port: number) {
    this.address = `127.0.0.1:${port}`
  }

  /** At a port that is free now. */
  static async open(): Promise<GeneratorMemory> {
    return new GeneratorMemory(await freePort())
  }

  /** Collects, and resolves when it is done, or when k6 has ended before. */
  async collect(): Promise<void> {
    await this.#ask('/debug/pprof/heap?gc=1', COLLECT_TIMEOUT_MS)
  }

  /** Collections since k6 began; undefined when k6 does not answer. */
  async collections(): Promise<number | undefined> {
    const text = await this.#ask('/debug/vars/', COUNT_TIMEOUT_MS)
    return text === undefined ? undefined : countersSchema.parse(JSON.parse(text)).memstats.NumGC
  }

  async #ask(path: string, timeoutMs: number): Promise<string | undefined> {
    try {
      const response = await fetch(`http://${this.address}${path}`, { signal: AbortSignal.timeout(timeoutMs) })
      const text = await response.text()
      return response.ok ? text : undefined
    } catch {
      return undefined
    }
  }
}
