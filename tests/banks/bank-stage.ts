import { randomUUID } from 'node:crypto'
import type { Balance, Payment, Refund, TimelineEntry } from '@paycluster/contracts'
import { bankApiKey, bankUrl } from '@paycluster/cluster/nodes/bank-simulator'
import type { ApiAnswer } from '@paycluster/testkit/api-client'
import { startTestCluster, type TestCluster } from '@paycluster/testkit/test-cluster'
import { waitFor } from '@paycluster/testkit/wait-for'

const FINAL_MS = 60_000

/** Of the worker: a bank that is given up after half a second, so that a test need not wait for long. */
export const FAST = {
  BANK_TIMEOUT_MS: '500',
  BANK_BACKOFF_BASE_MS: '20',
  BANK_BACKOFF_CAP_MS: '300',
  BANK_CIRCUIT_OPEN_MS: '300',
  BANK_POLL_INTERVAL_MS: '50',
  // The bank calls back.
  BANK_PENDING_CHECK_MS: '3600000',
  BANK_MAX_ATTEMPTS: '8',
}

/** What the bank has of one payment. */
export interface BankOperation {
  readonly id: string
  readonly status: string
  readonly amount: number
}

export type Transfer = 'deposits' | 'withdrawals'

/** A cluster with a bank of its own, and both sides' view of what they move between them. */
export class BankStage {
  readonly cluster: TestCluster

  private constructor(cluster: TestCluster) {
    this.cluster = cluster
  }

  static async start(workerEnv: Readonly<Record<string, string>> = FAST): Promise<BankStage> {
    const cluster = await startTestCluster({
      counts: { bankSimulator: 1, replicas: 1, inquiryService: 1, paymentWorker: 2 },
      services: { paymentWorkerEnv: { ...workerEnv } },
      supervision: { maxRestarts: 1000 },
    })
    return new BankStage(cluster)
  }

  get account(): string {
    return this.cluster.demo.customers[0] ?? ''
  }

  async stop(): Promise<void> {
    await this.cluster.stop()
  }

  /** Asks for a deposit or a withdrawal, and does not wait for it. */
  ask(kind: Transfer, amount: number, more: object = {}, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const body = { account: this.account, amount, currency: 'USD', ...more }
    return this.cluster.api.post(`/v1/${kind}`, body, { 'idempotency-key': randomUUID(), ...headers })
  }

  /** The same, to its end. */
  async move(kind: Transfer, amount: number, more: object = {}): Promise<Payment> {
    const asked = await this.ask(kind, amount, more)
    if (asked.status !== 202) throw new Error(`${kind} are ${asked.status}: ${asked.text}`)
    return this.final(String(asked.body.id))
  }

  async final(id: string): Promise<Payment> {
    let payment = await this.payment(id)
    await waitFor(
      `${id} to be final`,
      async () => {
        payment = await this.payment(id)
        if (payment.status === 'queued' || payment.status === 'processing')
          throw new Error(
            JSON.stringify([payment.status, (await this.timeline(id)).map(({ event, cause }) => [event, cause])]),
          )
        return true
      },
      { timeoutMs: FINAL_MS },
    )
    return payment
  }

  /** Asks for a refund, and does not wait for it. */
  askRefund(payment: string, body: object = {}, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const given = { 'idempotency-key': randomUUID(), prefer: 'wait=0', ...headers }
    return this.cluster.api.post(`/v1/payments/${payment}/refunds`, body, given)
  }

  refund(id: string): Promise<Refund> {
    return this.#read(`/v1/refunds/${id}`)
  }

  async finalRefund(id: string): Promise<Refund> {
    return waitFor(
      `${id} to be final`,
      async () => {
        const refund = await this.refund(id)
        return refund.status === 'queued' || refund.status === 'processing' ? undefined : refund
      },
      { timeoutMs: FINAL_MS },
    )
  }

  payment(id: string): Promise<Payment> {
    return this.#read(`/v1/payments/${id}`)
  }

  balance(): Promise<Balance> {
    return this.#read(`/v1/accounts/${this.account}/balance`)
  }

  /** The oldest first. */
  async timeline(id: string): Promise<TimelineEntry[]> {
    return (await this.#read<{ data: TimelineEntry[] }>(`/v1/payments/${id}/timeline?limit=100`)).data.reverse()
  }

  /** How the bank behaves from now on: see bank-simulator/README.md. */
  async mode(change: object): Promise<void> {
    await this.#control('PUT', '/mode', change)
  }

  async calm(): Promise<void> {
    await this.#control('DELETE', '/mode')
    await this.#control('DELETE', '/script')
  }

  async script(reference: string, steps: readonly unknown[]): Promise<void> {
    await this.#control('POST', '/script', { for: { reference }, steps })
  }

  async requestsOf(id: string): Promise<string[]> {
    const { requests } = (await this.#control('GET', '/requests?limit=1000')) as {
      requests: { method: string; path: string; idempotency_key: string | null }[]
    }
    return requests
      .filter(({ path, idempotency_key }) => idempotency_key === id || path.includes(id))
      .map(({ method }) => method)
  }

  async counters(): Promise<{ connections: { peak: number } }> {
    return (await this.#control('GET', '/counters')) as { connections: { peak: number } }
  }

  /** What the bank says that it did; undefined when it has nothing under the payment's id. */
  async bankOperation(id: string): Promise<BankOperation | undefined> {
    const response = await this.#askBank(`/v1/operations?idempotency_key=${id}`)
    return response.status === 404 ? undefined : ((await response.json()) as BankOperation)
  }

  async bankBalance(currency = 'USD'): Promise<number> {
    const { balances } = (await (await this.#askBank('/v1/balance')).json()) as { balances: Record<string, number> }
    return balances[currency] ?? 0
  }

  #askBank(path: string): Promise<Response> {
    const { settings, secrets } = this.cluster
    return fetch(bankUrl(settings) + path, { headers: { authorization: `Bearer ${bankApiKey(secrets)}` } })
  }

  async #control(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.cluster.settings.ports.bankControl}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path} is ${response.status}: ${await response.text()}`)
    return response.json()
  }

  async #read<T>(path: string): Promise<T> {
    const answer = await this.cluster.api.get(path)
    if (answer.status !== 200) throw new Error(`${path} is ${answer.status}: ${answer.text}`)
    return answer.body as unknown as T
  }
}
