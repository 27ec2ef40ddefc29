/** Calls a bank-simulator as its clients do. */
import { randomUUID } from 'node:crypto'
import { ApiClient, type ApiAnswer } from '@paycluster/testkit/api-client'
import type { TestBank } from '@paycluster/testkit/bank-simulator'

export class BankClient {
  readonly api: ApiClient

  constructor({ url, apiKey }: TestBank) {
    this.api = new ApiClient(url, apiKey)
  }

  transfer(transfer: unknown, key: string = randomUUID()): Promise<ApiAnswer> {
    return this.api.post('/v1/transfers', transfer, { 'idempotency-key': key })
  }

  collect(amount: number, key: string = randomUUID()): Promise<ApiAnswer> {
    return this.transfer({ type: 'collection', amount, currency: 'USD' }, key)
  }

  refund(of: string, amount: number, key: string = randomUUID()): Promise<ApiAnswer> {
    return this.api.post('/v1/refunds', { refund_of: of, amount, currency: 'USD' }, { 'idempotency-key': key })
  }

  operation(key: string): Promise<ApiAnswer> {
    return this.api.get(`/v1/operations?idempotency_key=${encodeURIComponent(key)}`)
  }

  async balances(): Promise<unknown> {
    return (await this.api.get('/v1/balance')).body.balances
  }
}
