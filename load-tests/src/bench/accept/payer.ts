/** Customers who pay, one unit a payment: each payment a request of its own, or many in one, with a key for the request. */
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { LoadError } from '../../load-error.ts'
import type { Accounts } from '../../workload/run-settings.ts'
import type { LeanClient } from '../common/http-client.ts'

const PATH = '/v1/payments'
const BATCH_PATH = '/v1/payments/batch'

export interface PayerOptions {
  readonly accounts: Accounts
  readonly clusterSecret: string
  /** The number of the client who owns the accounts. */
  readonly owner: number
  /** Begins every idempotency key. */
  readonly runId: string
}

export class Payer {
  readonly #options: PayerOptions
  readonly #codec: IdCodec
  #paid = 0

  constructor(options: PayerOptions) {
    this.#options = options
    this.#codec = new IdCodec(options.clusterSecret)
  }

  /** Payments that were sent so far. */
  get paid(): number {
    return this.#paid
  }

  /** @param headers  who pays, as the server wants it told @throws LoadError `load_failed` for anything but 202 */
  async pay(client: LeanClient, headers: Readonly<Record<string, string>>): Promise<void> {
    const number = this.#paid++
    await this.#send(client, PATH, headers, number, JSON.stringify(this.#paymentOf(number)))
  }

  /** `size` payments in one request, not atomic. @throws LoadError `load_failed` for anything but 202 */
  async payMany(client: LeanClient, headers: Readonly<Record<string, string>>, size: number): Promise<void> {
    const first = this.#paid
    this.#paid += size
    const payments = Array.from({ length: size }, (_, index) => this.#paymentOf(first + index))
    await this.#send(client, BATCH_PATH, headers, first, JSON.stringify({ payments }))
  }

  /** The ids of the payments from one number up to another. */
  idsOf(from: number, to: number): string[] {
    return Array.from({ length: to - from }, (_, index) =>
      this.#codec.derive('pay', this.#options.owner, this.#keyOf(from + index)),
    )
  }

  /** The ids of the payments from one number up to another, which were sent `size` in a request. */
  idsOfMany(from: number, to: number, size: number): string[] {
    return Array.from({ length: to - from }, (_, index) => {
      const place = index % size
      return this.#codec.derive('pay', this.#options.owner, `batch ${this.#keyOf(from + index - place)} ${place}`)
    })
  }

  async #send(
    client: LeanClient,
    path: string,
    headers: Readonly<Record<string, string>>,
    number: number,
    body: string,
  ): Promise<void> {
    const answer = await client.send({
      method: 'POST',
      path,
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': this.#keyOf(number) },
      body,
    })
    if (answer.status !== 202) throw new LoadError('load_failed', `a payment was answered ${answer.status}, not 202`)
  }

  #keyOf(number: number): string {
    return `${this.#options.runId}-${number}`
  }

  #paymentOf(number: number): object {
    const { customers, merchants, currency } = this.#options.accounts
    const source = customers[number % customers.length]
    const destination = merchants[number % merchants.length]
    return { source, destination, amount: 1, currency }
  }
}
