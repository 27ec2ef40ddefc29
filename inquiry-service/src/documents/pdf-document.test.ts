import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from '@jest/globals'
import { extractText, getDocumentProxy } from 'unpdf'
import { toPdf } from './pdf-document.ts'
import type { StatementDocument, StatementLine } from './statement-document.ts'

const PIECE = 100

function statement(count: number, reference = (n: number): string | null => `order ${n}`): StatementDocument {
  const lines = Array.from({ length: count }, (_, at): StatementLine => ({
    ...{ seq: at + 1, at: '2026-11-27T09:00:00.000Z', kind: 'payment', paymentId: `pay_${'x'.repeat(38)}` },
    ...{ reference: reference(at + 1), amount: 1, balanceAfter: at + 1, pendingAmount: 0, pendingAfter: 0 },
  }))
  return {
    ...{ account: 'acc_1', currency: 'USD', from: undefined, to: undefined },
    ...{ firstSeq: 1, nextSeq: count + 1, opening: 0, openingPending: 0 },
    lines: (async function* () {
      for (let at = 0; at < count; at += PIECE) yield await Promise.resolve(lines.slice(at, at + PIECE))
    })(),
  }
}

const textOf = async (pdf: Buffer): Promise<{ text: string; totalPages: number }> =>
  extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true })

describe('a statement as PDF', () => {
  it('is the same bytes for the same entries', async () => {
    const [one, other] = [await buffer(toPdf(statement(300))), await buffer(toPdf(statement(300)))]
    expect(one.equals(other)).toBe(true)
    expect(one.subarray(0, 5).toString()).toBe('%PDF-')
  })

  it('has every entry on as many pages as it takes, and its balances', async () => {
    const { text, totalPages } = await textOf(await buffer(toPdf(statement(300))))
    expect(totalPages).toBe(Math.ceil(305 / 38))
    for (const n of [1, 150, 300]) expect(text).toContain(`order ${n} `)
    expect(text).toContain('Closing balance')
    expect(text).toContain('300 entries')
  })

  it('shows letters that the standard fonts do not have, and what is too long for its column', async () => {
    const references = ['Заказ № 7', 'Παραγγελία', '€ 5', 'w'.repeat(100)]
    const { text } = await textOf(await buffer(toPdf(statement(4, (n) => references[n - 1] ?? null))))
    for (const reference of references) expect(text).toContain(reference)
  })

  it('fails where its entries do', async () => {
    const broken: StatementDocument = {
      ...statement(1),
      lines: { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no node')) }) },
    }
    await expect(buffer(toPdf(broken))).rejects.toThrow('no node')
  })
})
