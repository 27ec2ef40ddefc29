/** Refunds of what came by a bank: they go back through it, once, or not at all. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { PaymentClient } from '@paycluster/client'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import { waitFor } from '@paycluster/testkit/wait-for'
import type { BankStage } from './bank-stage.ts'

const TIMEOUT_MS = 120_000

export function describeRefunds(stage: () => BankStage): void {
  describe('a refund of what a bank brought', () => {
    it(
      'is held, processing, and paid back by the bank; the commission stays',
      async () => {
        const paid = await stage().move('deposits', 1000)
        const before = await stage().balance()
        await stage().mode({ latency_ms: { distribution: 'fixed', value: 300 } })
        const asked = await stage().askRefund(paid.id, { amount: 400, reason: 'came by mistake' })
        expect(asked).toMatchObject({ status: 202, body: { status: 'queued' } })
        const id = String(asked.body.id)
        await waitFor('it to be processing', async () => (await stage().refund(id)).status === 'processing')
        expect(await stage().balance()).toMatchObject({ posted: before.posted, pending_out: before.pending_out + 400 })
        expect(await stage().payment(paid.id)).toMatchObject({ status: 'succeeded', refunded: 400 })
        expect(await stage().finalRefund(id)).toMatchObject({
          status: 'succeeded',
          amount: 400,
          version: 2,
          failure: null,
        })
        expect(await stage().balance()).toMatchObject({ posted: before.posted - 400, pending_out: before.pending_out })
        expect(await stage().requestsOf(id)).toEqual(['POST'])
        expect(await stage().bankOperation(id)).toMatchObject({ status: 'settled', amount: 400, refund_of: paid.id })
        const told = (await stage().timeline(paid.id)).slice(4)
        expect(told).toMatchObject([
          { event: 'refund', actor: 'payee', refund: id, cause: 'came by mistake' },
          { event: 'bank_request', actor: 'cluster', refund: id },
          { event: 'settle_refund', actor: 'bank', refund: id, amount: 400 },
        ])
      },
      TIMEOUT_MS,
    )

    it(
      'is answered with its end when the client waits for it, and the same again',
      async () => {
        const paid = await stage().move('deposits', 100)
        const headers = { 'idempotency-key': randomUUID(), prefer: 'wait=10' }
        const first = await stage().askRefund(paid.id, {}, headers)
        expect(first).toMatchObject({ status: 201, body: { status: 'succeeded', amount: 100, version: 2 } })
        const again = await stage().askRefund(paid.id, {}, headers)
        expect([again.status, again.body]).toEqual([201, first.body])
        expect((await stage().askRefund(paid.id, {}, { prefer: 'wait=10' })).body).toMatchObject({
          status: 'failed',
          failure: { code: 'refund_exceeds_captured' },
        })
      },
      TIMEOUT_MS,
    )

    it(
      'that the bank declines gives back what it held, and may be asked for again',
      async () => {
        const paid = await stage().move('deposits', 500, { bank_reference: 'r1' })
        const before = await stage().balance()
        await stage().script('r1', ['decline:account_closed', 'settle'])
        const { body } = await stage().askRefund(paid.id)
        expect(await stage().finalRefund(String(body.id))).toMatchObject({
          status: 'failed',
          failure: { code: 'bank_declined' },
          version: 2,
        })
        expect(await stage().payment(paid.id)).toMatchObject({ refunded: 0 })
        expect(await stage().balance()).toMatchObject({ posted: before.posted, pending_out: before.pending_out })
        expect((await stage().timeline(paid.id)).at(-1)).toMatchObject({
          event: 'decline_refund',
          cause: 'account_closed',
        })
        const again = await stage().askRefund(paid.id, {}, { prefer: 'wait=10' })
        expect(again).toMatchObject({ status: 201, body: { status: 'succeeded', amount: 500 } })
      },
      TIMEOUT_MS,
    )

    it(
      'never pays back more than came, though a thousand ask at once of a bank that fails, and workers die',
      async () => {
        const paid = await stage().move('deposits', 10_000)
        const before = await stage().balance()
        await stage().mode({
          failure: { kind: 'success_then_timeout', share: 0.1 },
          latency_ms: { distribution: 'uniform', min: 10, max: 100 },
        })
        const asked = await Promise.all(Array.from({ length: 1000 }, () => stage().askRefund(paid.id, { amount: 100 })))
        expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([202]))
        await waitFor('all of it to be on its way', async () => (await stage().payment(paid.id)).refunded === 10_000, {
          timeoutMs: 30_000,
        })
        for (const worker of ['payment-worker-1', 'payment-worker-2'])
          await stage().cluster.node(worker).kill('SIGKILL')
        await stage().calm()
        const ended = await Promise.all(asked.map(({ body }) => stage().finalRefund(String(body.id))))
        expect(ended.filter(({ status }) => status === 'succeeded')).toHaveLength(100)
        expect(new Set(ended.flatMap(({ failure }) => failure?.code ?? []))).toEqual(
          new Set(['refund_exceeds_captured']),
        )
        expect(await stage().balance()).toMatchObject({
          posted: before.posted - 10_000,
          pending_out: before.pending_out,
        })
      },
      TIMEOUT_MS,
    )

    it(
      'of which the bank never says what it did is an operator’s: asked again, or given up',
      async () => {
        const { cluster } = stage()
        const ops = new PaymentClient({ url: cluster.url, apiKey: cluster.demo.opsKey })
        const paid = await stage().move('deposits', 100)
        const before = await stage().balance()
        await stage().mode({ failure: { kind: 'http_500' } })
        const asked = await Promise.all([60, 40].map((amount) => stage().askRefund(paid.id, { amount })))
        const [again = '', givenUp = ''] = asked.map(({ body }) => String(body.id))
        const letterOf = (refund: string) =>
          waitFor(
            `the letter of ${refund}`,
            () => ops.deadLetters.get(`task-${idToUuid(refund)}`).catch(() => undefined),
            {
              timeoutMs: 60_000,
            },
          )
        const letters = [await letterOf(again), await letterOf(givenUp)] as const
        for (const letter of letters) expect(letter).toMatchObject({ kind: 'bank_task', payment_id: paid.id })
        await stage().calm()
        await ops.deadLetters.replay(letters[0].id)
        await ops.deadLetters.discard(letters[1].id, { reason: 'by telephone', not_moved: true })
        expect(await stage().finalRefund(again)).toMatchObject({ status: 'succeeded', amount: 60 })
        expect(await stage().finalRefund(givenUp)).toMatchObject({
          status: 'failed',
          failure: { code: 'bank_unavailable' },
        })
        expect(await stage().payment(paid.id)).toMatchObject({ refunded: 60 })
        expect(await stage().balance()).toMatchObject({ posted: before.posted - 60, pending_out: before.pending_out })
        const given = (await stage().timeline(paid.id)).find(({ event }) => event === 'decline_refund')
        expect(given).toMatchObject({ actor: 'operator', refund: givenUp })
      },
      TIMEOUT_MS,
    )

    it(
      'of a withdrawal there is none',
      async () => {
        const paid = await stage().move('withdrawals', 50)
        const refused = await stage().askRefund(paid.id, {}, { prefer: 'wait=10' })
        expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } })
      },
      TIMEOUT_MS,
    )
  })
}
