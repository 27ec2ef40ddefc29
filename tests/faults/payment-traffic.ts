/**
 * Shoppers who go on paying while something breaks, and write down what they were told.
 *
 * A closed loop: each shopper pays, and pays again when the answer is there. A request that failed or was refused is
 * sent again with the same key, as a client of the API is asked to, until it is accepted.
 */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { ApiAnswer, PaymentRequest } from '@paycluster/testkit/api-client'
import type { TestCluster } from '@paycluster/testkit/test-cluster'

export interface Accepted extends PaymentRequest {
  readonly id: string
}

const RETRY_MS = 50

/** Started by the constructor. */
export class PaymentTraffic {
  readonly accepted: Accepted[] = []
  /** Answers other than 202, by status; 0 is no answer at all. */
  readonly refusals = new Map<number, number>()
  readonly #cluster: TestCluster
  readonly #shoppers: Promise<void>[]
  #isStopping = false

  constructor(cluster: TestCluster, shoppers: number) {
    this.#cluster = cluster
    this.#shoppers = Array.from({ length: shoppers }, (_, index) => this.#shop(index))
  }

  /** Lets every shopper finish the payment in hand, and writes down what was accepted, one JSON object a line. */
  async stop(): Promise<string> {
    this.#isStopping = true
    await Promise.all(this.#shoppers)
    const path = join(this.#cluster.layout.state, `accepted-${randomUUID()}.jsonl`)
    const file = createWriteStream(path)
    for (const payment of this.accepted) file.write(`${JSON.stringify(payment)}\n`)
    file.end()
    await finished(file)
    return path
  }

  async #shop(shopper: number): Promise<void> {
    const { customers, merchants } = this.#cluster.demo
    for (let round = 0; !this.#isStopping; round++) {
      const source = customers[(shopper + round) % customers.length] ?? ''
      const destination = merchants[round % merchants.length] ?? ''
      const payment = { source, destination, amount: 1 + ((shopper * 7 + round) % 500), currency: 'USD' }
      const answer = await this.#payUntilAccepted(payment)
      this.accepted.push({ ...payment, id: String(answer.body.id) })
    }
  }

  async #payUntilAccepted(payment: PaymentRequest): Promise<ApiAnswer> {
    const headers = { 'idempotency-key': randomUUID() }
    for (;;) {
      const answer = await this.#cluster.api.pay(payment, headers).catch(() => undefined)
      if (answer?.status === 202) return answer
      const status = answer?.status ?? 0
      this.refusals.set(status, (this.refusals.get(status) ?? 0) + 1)
      await delay(RETRY_MS)
    }
  }
}
