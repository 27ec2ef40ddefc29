/** Customers who pay, one unit a payment: each payment a request of its own, with a key of its own. */
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { LoadError } from '../../load-error.ts'
import type { Accounts } from '../../workload/run-settings.ts'
import type { LeanClient } from '../common/http-client.ts'

const PATH = '/v1/payments'

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
    const answer = await client.send({
      method: 'POST',
      path: PATH,
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': this.#keyOf(number) },
      body: this.#bodyOf(number),
    })
    if (answer.status !== 202) throw new LoadError('load_failed', `a payment was answered ${answer.status}, not 202`)
  }

  /** The ids of the payments from one number up to another. */
  idsOf(from: number, to: number): string[] {
    return Array.from({ length: to - from }, (_, index) =>
      this.#codec.derive('pay', this.#options.owner, this.#keyOf(from + index)),
    )
  }

  #keyOf(number: number): string {
    return `${this.#options.runId}-${number}`
  }

  #bodyOf(number: number): string {
    const { customers, merchants, currency } = this.#options.accounts
    const source = customers[number % customers.length]
    const destination = merchants[number % merchants.length]
    return JSON.stringify({ source, destination, amount: 1, currency })
  }
}
