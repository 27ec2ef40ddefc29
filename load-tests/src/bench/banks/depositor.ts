import { LoadError } from '../../load-error.ts'
import type { Accounts } from '../../workload/run-settings.ts'
import { drive } from '../common/drive.ts'
import type { LeanClient } from '../common/http-client.ts'

const CONCURRENCY = 64

/** Asks for deposits of one unit, each a request of its own. */
export class Depositor {
  readonly #gateway: LeanClient
  readonly #apiKey: string
  readonly #accounts: Accounts

  constructor(gateway: LeanClient, apiKey: string, accounts: Accounts) {
    this.#gateway = gateway
    this.#apiKey = apiKey
    this.#accounts = accounts
  }

  /**
   * @param reference  by which they are found again; begins every idempotency key
   * @throws LoadError `load_failed` for anything but 202
   */
  async ask(reference: string, count: number, stop: AbortSignal): Promise<void> {
    await drive(CONCURRENCY, count, (n) => this.#deposit(`${reference}-${n}`, n, reference), stop)
  }

  async #deposit(key: string, n: number, reference: string): Promise<void> {
    const { customers, currency } = this.#accounts
    const answer = await this.#gateway.send({
      method: 'POST',
      path: '/v1/deposits',
      headers: {
        authorization: `Bearer ${this.#apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({
        account: customers[n % customers.length],
        amount: 100,
        currency,
        bank_reference: reference,
      }),
    })
    if (answer.status !== 202) throw new LoadError('load_failed', `a deposit was answered ${answer.status}, not 202`)
  }
}
