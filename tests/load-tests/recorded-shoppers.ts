/**
 * Shoppers who write down what they are told, as the users of a load run do: `accepted.jsonl`, in the notation of
 * load-tests/src/workload/run-settings.ts.
 *
 * Each has an account of its own. A journey: look at the balance, pay, ask until the payment is final, read the balance
 * back with the payment's token.
 */
import { writeFileSync } from 'node:fs'
import { ApiClient, type ApiAnswer } from '@paycluster/testkit/api-client'
import { waitFor } from '@paycluster/testkit/wait-for'
import { stateOfPayment } from '../../load-tests/k6/bodies.ts'
import { versionInToken, versionOfEtag } from '../../load-tests/src/workload/versions.ts'

/** What a payment that was thrown away is waited for. */
const FINAL_WITHIN_MS = 1_000

export interface Cast {
  readonly url: string
  readonly apiKey: string
  readonly customers: readonly string[]
  readonly merchants: readonly string[]
}

/** Lets every shopper make its journeys. @param path  takes the record */
export async function shopAndRecord(cast: Cast, shoppers: number, journeys: number, path: string): Promise<void> {
  const lines: string[] = []
  const api = new ApiClient(cast.url, cast.apiKey)
  await Promise.all(
    Array.from({ length: shoppers }, (_, index) => new Shopper(api, cast, index + 1, lines).shop(journeys)),
  )
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
}

class Shopper {
  readonly #api: ApiClient
  readonly #cast: Cast
  readonly #user: number
  readonly #account: string
  readonly #lines: string[]
  #seen = ''

  /** @param user  from 1 */
  constructor(api: ApiClient, cast: Cast, user: number, lines: string[]) {
    this.#api = api
    this.#cast = cast
    this.#user = user
    this.#account = cast.customers[user - 1] ?? ''
    this.#lines = lines
  }

  async shop(journeys: number): Promise<void> {
    for (let round = 0; round < journeys; round++) {
      await this.#readBalance()
      await this.#readBalance(await this.#untilFinal(await this.#pay(round)))
    }
    const { user, account, seen } = { user: this.#user, account: this.#account, seen: this.#seen }
    this.#lines.push(JSON.stringify({ remark: 'seen', user, account, seen }))
  }

  async #pay(round: number): Promise<string> {
    const { merchants } = this.#cast
    const destination = merchants[(this.#user + round) % merchants.length] ?? ''
    const payment = { source: this.#account, destination, amount: 1 + ((this.#user * 7 + round) % 90) }
    const { status, body } = await this.#api.pay(payment)
    if (status !== 202) throw new Error(`a payment was answered ${status}`)
    const line = { id: body.id, ...payment, accepted_at_ms: Date.now(), user: this.#user, seen: this.#seen }
    this.#lines.push(JSON.stringify(line))
    this.#seen = ''
    return String(body.id)
  }

  /** @returns the token of the final payment, or undefined when it did not become final in time */
  async #untilFinal(id: string): Promise<string | undefined> {
    const poll = async (): Promise<ApiAnswer | undefined> => {
      const answer = await this.#api.get(`/v1/payments/${id}`)
      const state = stateOfPayment(answer.text)
      if (state !== undefined) this.#seen += ` p${state}`
      return state === undefined || state === 'q' ? undefined : answer
    }
    const answer = await waitFor('the payment to be final', poll, { timeoutMs: FINAL_WITHIN_MS }).catch(() => undefined)
    return answer?.headers.get('consistency-token') ?? undefined
  }

  async #readBalance(token?: string): Promise<void> {
    const headers = token === undefined ? undefined : { 'consistency-token': token }
    const answer = await this.#api.get(`/v1/accounts/${this.#account}/balance`, headers)
    const version = versionOfEtag(answer.headers.get('etag') ?? undefined)
    if (version === undefined) throw new Error(`a balance was answered ${answer.status}`)
    const demanded = token === undefined ? undefined : versionInToken(token, this.#account)
    this.#seen += demanded === undefined ? ` b${version}` : ` b${version}~${demanded}`
  }
}
