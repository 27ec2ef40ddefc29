import { Readable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import { STATEMENT_COLUMNS } from '@paycluster/contracts'
import fc from 'fast-check'
import { readStatement } from './read-statement.ts'
import type { StatementLine } from './statement-line.ts'
import { MAX_LINE_BYTES } from './whole-lines.ts'

const DAY = '2026-11-26'
const HEADER = STATEMENT_COLUMNS.join(',')
const LINE = `op_1,pay_1,collection,5,USD,top-up,${DAY}T10:00:00.000Z,5`
const file = (...lines: string[]): string => lines.map((line) => `${line}\r\n`).join('')

async function read(
  pieces: Iterable<string | Uint8Array> | AsyncIterable<Uint8Array>,
  maxBytes = 1_000_000,
): Promise<StatementLine[]> {
  const bytes = Readable.from(pieces, { objectMode: false })
  const lines: StatementLine[] = []
  for await (const chunk of readStatement(bytes, { day: DAY, maxBytes, chunkLines: 3 })) lines.push(...chunk)
  return lines
}

describe('a statement', () => {
  it('is read, with its lines’ numbers', async () => {
    const payout = `op_2,,payout,-7,EUR,"a ""quoted"", reference",${DAY}T23:59:59Z,-2`
    expect(await read([file(HEADER, LINE, payout)])).toEqual([
      {
        line: 2,
        bankId: 'op_1',
        key: 'pay_1',
        type: 'collection',
        amount: 5,
        currency: 'USD',
        settledAt: `${DAY}T10:00:00.000Z`,
      },
      { line: 3, bankId: 'op_2', key: '', type: 'payout', amount: -7, currency: 'EUR', settledAt: `${DAY}T23:59:59Z` },
    ])
    expect(await read(['\ufeff', file(HEADER, LINE).replaceAll('\r', '')])).toHaveLength(1)
    expect(await read([file(HEADER)])).toEqual([])
  })

  it('is the same however it is cut into pieces', async () => {
    const text = Buffer.from(file(HEADER, LINE, LINE.replace('top-up', '"süß, €"'), LINE))
    const whole = await read([text])
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), async (sizes) => {
        const pieces: Uint8Array[] = []
        for (let from = 0, n = 0; from < text.length; n += 1) {
          const to = from + (sizes[n % sizes.length] ?? 1)
          pieces.push(text.subarray(from, to))
          from = to
        }
        expect(await read(pieces)).toEqual(whole)
      }),
      { numRuns: 50 },
    )
  })

  it.each<[what: string, text: string | Uint8Array, message: string]>([
    ['nothing', '', 'the statement is empty'],
    ['other columns', file('id,amount', LINE), 'line 1: the columns are not'],
    ['a column less', file(HEADER, LINE, 'op_2,pay_2'), 'line 3 does not have the 8 columns of the first'],
    ['a column more', file(HEADER, `${LINE},x`), 'line 2 does not have the 8 columns of the first'],
    ['an empty line', file(HEADER, LINE, '', LINE), 'line 3 does not have the 8 columns of the first'],
    ['no end', `${file(HEADER, LINE)}op_2,pay_2`, 'line 3 does not end: the statement is cut off'],
    ['an open quote', file(HEADER, `"${LINE}`), 'a quote is not closed up to line'],
    ['a quote within', file(HEADER, LINE.replace('op_1', 'op"1')), 'line 2: '],
    [
      'other bytes than UTF-8',
      Buffer.concat([Buffer.from(file(HEADER, LINE)), Buffer.of(0xff, 0x0a)]),
      'line 3 is not',
    ],
    ['UTF-16', Buffer.from(file(HEADER, LINE), 'utf16le'), 'line 1 holds U+0000'],
    ['a fraction', file(HEADER, LINE.replace(',5,', ',5.5,')), 'line 2: amount is no whole number'],
    ['nothing moved', file(HEADER, LINE.replace(',5,', ',0,')), 'line 2: amount is no whole number'],
    ['more than can be counted', file(HEADER, LINE.replace(',5,', ',9007199254740992,')), 'line 2: amount is no'],
    ['no currency', file(HEADER, LINE.replace('USD', 'usd')), 'line 2: currency is none'],
    ['another type', file(HEADER, LINE.replace('collection', 'gift')), 'line 2: type is not known: "gift"'],
    ['no id', file(HEADER, LINE.replace('op_1', '')), 'line 2: id is none'],
    ['no time', file(HEADER, LINE.replace('T10', 'T25')), 'line 2: settled_at is no time in UTC'],
    ['another day', file(HEADER, LINE, LINE.replace(DAY, '2026-11-27')), 'line 3: settled_at is of another day than'],
    ['another zone', file(HEADER, LINE.replace('000Z', '000+01:00')), 'line 2: settled_at is no time in UTC'],
    ['a line of great length', file(HEADER, 'a'.repeat(MAX_LINE_BYTES + 1)), 'line 2 is longer than 16384 bytes'],
    ['a field of many lines', file(HEADER, `"${'a\n'.repeat(MAX_LINE_BYTES)}`), 'is longer than 16384 bytes'],
  ])('is none with %s', async (_, text, message) => {
    await expect(read([text])).rejects.toThrow(message)
    await expect(read([text])).rejects.toMatchObject({ isTooLarge: false })
  })

  it('is none when it is too large, or breaks off', async () => {
    await expect(read([file(HEADER, LINE)], 50)).rejects.toMatchObject({ isTooLarge: true })
    async function* broken(): AsyncGenerator<Uint8Array, void> {
      yield Buffer.from(file(HEADER, LINE))
      await Promise.reject(new Error('socket hang up'))
    }
    await expect(read(broken())).rejects.toThrow('socket hang up')
  })

  it('is not read on past a line without end', async () => {
    let given = 0
    function* endless(): Generator<Uint8Array, void> {
      yield Buffer.from(file(HEADER, LINE))
      for (; given < 16_384; given += 1) yield Buffer.alloc(65_536, 'a')
    }
    await expect(read(endless(), 2 ** 31)).rejects.toThrow('line 3 is longer')
    expect(given).toBeLessThan(100)
  })

  it('of many lines is in memory a few at a time', async () => {
    const lines = 50_000
    let given = 0
    function* many(): Generator<Uint8Array, void> {
      yield Buffer.from(file(HEADER))
      for (; given < lines; given += 1000) yield Buffer.from(file(...Array.from({ length: 1000 }, () => LINE)))
    }
    const bytes = Readable.from(many(), { objectMode: false })
    let [read, most] = [0, 0]
    for await (const chunk of readStatement(bytes, { day: DAY, maxBytes: 2 ** 31, chunkLines: 500 })) {
      read += chunk.length
      most = Math.max(most, given - read)
    }
    expect(read).toBe(lines)
    // What is on its way between the parts of the pipeline.
    expect(most).toBeLessThan(20_000)
  })
})
