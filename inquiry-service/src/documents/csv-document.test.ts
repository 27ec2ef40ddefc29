import { describe, expect, it } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { inert, toCsv } from './csv-document.ts'
import type { StatementDocument, StatementLine } from './statement-document.ts'

const line = (seq: number, amount: number, balanceAfter: number, reference: string | null): StatementLine => ({
  ...{ seq, at: '2026-11-27T09:00:00.000Z', kind: 'payment', paymentId: `pay_${seq}`, reference, amount, balanceAfter },
  ...{ pendingAmount: 0, pendingAfter: 0 },
})

const statement = (...lines: StatementLine[]): StatementDocument => ({
  account: 'acc_1',
  currency: 'USD',
  from: '2026-11-27T00:00:00.000Z',
  to: undefined,
  firstSeq: 1,
  nextSeq: lines.length + 1,
  opening: 1000,
  openingPending: 0,
  lines: (async function* () {
    for (const one of lines) yield await Promise.resolve([one])
  })(),
})

async function textOf(document: StatementDocument): Promise<string> {
  let text = ''
  for await (const piece of toCsv(document)) text += piece
  return text
}

const records = async (document: StatementDocument) =>
  parse<Record<string, string>>(await textOf(document), { columns: true, record_delimiter: '\r\n' })

describe('a statement as CSV', () => {
  it('has what it opens with, its entries, totals, and what it closes with', async () => {
    const rows = await records(statement(line(1, -250, 750, 'order "7", or\r\nso'), line(2, 50, 800, null)))
    expect(
      rows.map(({ line: kind = '', seq = '', amount = '', balance = '' }) => [kind, seq, amount, balance]),
    ).toEqual([
      ['opening', '', '', '10.00'],
      ['entry', '1', '-2.50', '7.50'],
      ['entry', '2', '0.50', '8.00'],
      ['total_in', '', '0.50', ''],
      ['total_out', '', '-2.50', ''],
      ['closing', '', '', '8.00'],
    ])
    expect(rows[1]?.reference).toBe('order "7", or\r\nso')
    expect(rows[1]).toMatchObject({ amount_minor: '-250', balance_minor: '750', payment_id: 'pay_1' })
  })

  it('ends every record with CR LF, the last one too, and has as many fields in each', async () => {
    const text = await textOf(statement(line(1, -250, 750, 'a')))
    expect(text.endsWith('\r\n')).toBe(true)
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(
      new Set(
        text
          .trimEnd()
          .split('\r\n')
          .map((record) => record.split(',').length),
      ),
    ).toEqual(new Set([13]))
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '＝1'])('lets no spreadsheet run %j', async (reference) => {
    const rows = await records(statement(line(1, -250, 750, reference)))
    expect(rows[1]?.reference).toBe(`'${reference}`)
  })

  it('gives back whatever a reference was, but for that', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, maxLength: 100, unit: 'binary' }), async (reference) => {
        const rows = await records(statement(line(1, -250, 750, reference)))
        expect(rows[1]?.reference).toBe(inert(reference))
      }),
    )
  })
})
