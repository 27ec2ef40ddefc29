import { randomUUID } from 'node:crypto'
import type { Balance, Entry, Payment, Refund, TimelineEntry } from '@paycluster/contracts'
import type { ApiAnswer } from '@paycluster/testkit/api-client'
import type { TestCluster } from '@paycluster/testkit/test-cluster'

/** The body of an answer that is to be an error. */
export interface Refused {
  readonly status: number
  readonly code: unknown
}

/** Moves money about, and waits for each move: an answer is what it came to. */
export class MovementClient {
  readonly #cluster: TestCluster

  constructor(cluster: TestCluster) {
    this.#cluster = cluster
  }

  get customer(): string {
    return this.#cluster.demo.customers[0] ?? ''
  }

  get merchant(): string {
    return this.#cluster.demo.merchants[0] ?? ''
  }

  post(path: string, body: object = {}, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    const keyed = { 'idempotency-key': randomUUID(), prefer: 'wait=10', ...headers }
    return this.#cluster.api.post(path, body, keyed)
  }

  async pay(amount: number, more: object = {}): Promise<Payment> {
    const order = { source: this.customer, destination: this.merchant, amount, currency: 'USD', ...more }
    const answer = await this.post('/v1/payments', order)
    if (answer.status !== 201) throw new Error(`a payment is ${answer.status}: ${answer.text}`)
    return answer.body as unknown as Payment
  }

  hold(amount: number, more: object = {}): Promise<Payment> {
    return this.pay(amount, { capture: 'manual', ...more })
  }

  capture(payment: Payment, body: object = {}): Promise<ApiAnswer> {
    return this.post(`/v1/payments/${payment.id}/capture`, body)
  }

  cancel(payment: Payment, body: object = {}): Promise<ApiAnswer> {
    return this.post(`/v1/payments/${payment.id}/cancel`, body)
  }

  refund(payment: Payment, body: object = {}): Promise<ApiAnswer> {
    return this.post(`/v1/payments/${payment.id}/refunds`, body)
  }

  async read<T>(path: string): Promise<T> {
    const answer = await this.#cluster.api.get(path)
    if (answer.status !== 200) throw new Error(`${path} is ${answer.status}: ${answer.text}`)
    return answer.body as unknown as T
  }

  balance(account: string, query = ''): Promise<Balance> {
    return this.read(`/v1/accounts/${account}/balance${query}`)
  }

  payment(id: string): Promise<Payment> {
    return this.read(`/v1/payments/${id}`)
  }

  async entries(account: string, query = ''): Promise<Entry[]> {
    return (await this.read<{ data: Entry[] }>(`/v1/accounts/${account}/entries${query}`)).data
  }

  async refunds(payment: Payment): Promise<Refund[]> {
    return (await this.read<{ data: Refund[] }>(`/v1/payments/${payment.id}/refunds?limit=100`)).data
  }

  async timeline(payment: Payment): Promise<TimelineEntry[]> {
    return (await this.read<{ data: TimelineEntry[] }>(`/v1/payments/${payment.id}/timeline?limit=100`)).data
  }
}

/** Status and code of an answer that is to be an error. */
export const refusalOf = ({ status, body }: ApiAnswer): Refused => ({ status, code: body.code })
