/** How the cluster's simulated bank behaves while it is being measured. */
import { LoadError } from '../../load-error.ts'
import type { LocalCluster } from '../../target/target.ts'

const TIMEOUT_MS = 5000

export class BankControl {
  readonly #url: string

  /** @throws LoadError `not_ready` for a cluster without a simulated bank */
  constructor({ settings }: LocalCluster) {
    if (settings.counts.bankSimulator === 0)
      throw new LoadError('not_ready', 'the bench needs the simulated bank: counts.bankSimulator is 0')
    this.#url = `http://127.0.0.1:${settings.ports.bankControl}`
  }

  /** Nobody gets through: what is asked of the bank waits. */
  close(): Promise<unknown> {
    return this.#ask('PUT', '/mode', { failure: { kind: 'down' } })
  }

  /** Every request is settled, and takes so long. */
  async open(latencyMs: number): Promise<void> {
    const latency_ms = { distribution: 'fixed', value: latencyMs }
    await this.#ask('PUT', '/mode', { failure: { kind: 'none' }, latency_ms })
    await this.#ask('DELETE', '/counters')
  }

  /** As it was before anybody measured. */
  reset(): Promise<unknown> {
    return this.#ask('DELETE', '/mode')
  }

  /** Since {@link open}. */
  async mostConnections(): Promise<number> {
    const { connections } = (await this.#ask('GET', '/counters')) as { connections: { peak: number } }
    return connections.peak
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new LoadError('not_ready', `the simulated bank answers ${response.status} to ${path}`)
    return response.json()
  }
}
