import { beforeEach, describe, expect, it } from '@jest/globals'
import type { AuditBatch, AuditReceipt } from '@paycluster/contracts'
import { GENESIS_HEAD, headOf, HeadSigner, recordHash } from './audit-chain.ts'
import { pathOf, rootOf } from './merkle-tree.ts'
import { verifyExport, verifyReceipt } from './verify-audit.ts'

const signer = new HeadSigner('a cluster secret of more than 32 characters')
const stranger = new HeadSigner('another cluster’s secret, as long as that')
const madeAt = '2026-11-27T09:00:00.000Z'

function batchOf(number: number, firstSeq: number, count: number, previousHead: Buffer, by = signer): AuditBatch {
  const records = Array.from({ length: count }, (_, index) => {
    const seq = firstSeq + index
    const body = JSON.stringify({ id: `e${seq}`, type: 'payment.succeeded', subject: `pay_${seq}` })
    const hash = recordHash({ seq, partition: 1, offset: seq, body: Buffer.from(body) }).toString('hex')
    return { seq, partition: 1, offset: seq, body, body_encoding: 'utf8' as const, hash }
  })
  const root = rootOf(records.map(({ hash }) => Buffer.from(hash, 'hex')))
  const head = headOf({ number, firstSeq, count, madeAt, previousHead, root })
  return {
    number,
    first_seq: firstSeq,
    made_at: madeAt,
    previous_head: previousHead.toString('hex'),
    head: head.toString('hex'),
    signature: by.sign(head).toString('hex'),
    records,
  }
}

const exportOf = (batches: readonly unknown[], publicKey = signer.publicKey): string[] => [
  JSON.stringify({ format: 'payment-cluster audit', version: 1, public_key: publicKey }),
  ...batches.map((batch) => JSON.stringify(batch)),
]

// eslint-disable-next-line @typescript-eslint/require-await -- what is read is a stream
async function* linesOf(lines: readonly string[]): AsyncGenerator<string, void> {
  yield* lines
}
const check = (batches: readonly unknown[], key?: string) => verifyExport(linesOf(exportOf(batches)), key)

let batches: AuditBatch[]
beforeEach(() => {
  const first = batchOf(1, 1, 5, GENESIS_HEAD)
  const second = batchOf(2, 6, 1, Buffer.from(first.head, 'hex'))
  batches = [first, second, batchOf(3, 7, 8, Buffer.from(second.head, 'hex'))]
})

describe('an export', () => {
  it('that is whole is found so', async () => {
    expect(await check(batches)).toEqual({
      batches: 3,
      records: 14,
      firstSeq: 1,
      lastSeq: 14,
      head: batches[2]?.head,
      isFromStart: true,
    })
    expect(await check(batches.slice(1))).toMatchObject({ records: 9, firstSeq: 6, isFromStart: false })
    expect(await check([])).toMatchObject({ records: 0, head: '0'.repeat(64) })
  })

  it('names the record that is altered', async () => {
    const record = batches[0]?.records[3]
    if (record !== undefined) record.body = record.body.replace('succeeded', 'failed')
    await expect(check(batches)).rejects.toThrow('record 4 is altered')
  })

  it('names where it stood that is altered', async () => {
    const record = batches[2]?.records[0]
    if (record !== undefined) record.offset += 1
    await expect(check(batches)).rejects.toThrow('record 7 is altered')
  })

  it('names the batch of a record that is altered with its hash', async () => {
    const record = batches[2]?.records[2]
    if (record !== undefined) {
      record.body = '{}'
      record.hash = recordHash({ ...record, body: Buffer.from('{}') }).toString('hex')
    }
    await expect(check(batches)).rejects.toThrow(
      'batch 3 is altered: its time or its number, or one of the records 7 to 14',
    )
  })

  it.each([
    ['a record is missing', () => batches[0]?.records.splice(2, 1), 'record 3 is missing: 4 is in its place'],
    ['the last record is missing', () => batches[0]?.records.pop(), 'batch 1 is altered'],
    ['a batch is missing', () => batches.splice(1, 1), 'batch 2 is missing: 3 is in its place'],
    [
      'a time is another',
      () => Object.assign(batches[1] ?? {}, { made_at: '2026-11-27T08:00:00.000Z' }),
      'batch 2 is altered',
    ],
    [
      'a batch is put in with a key of its own',
      () => batches.splice(2, 1, batchOf(3, 7, 2, Buffer.from(batches[1]?.head ?? '', 'hex'), stranger)),
      'batch 3 is not signed with the key',
    ],
    [
      'a batch follows another one',
      () => batches.splice(2, 1, batchOf(3, 7, 2, GENESIS_HEAD)),
      'batch 3 does not follow batch 2',
    ],
  ])('in which %s says so', async (_, change, fault) => {
    change()
    await expect(check(batches)).rejects.toThrow(fault)
  })

  it('has nothing that is not signed', async () => {
    await expect(check([{ ...batches[0], note: 'paid' }])).rejects.toThrow('line 2 is not of an export')
    const [record] = batches[0]?.records ?? []
    await expect(check([{ ...batches[0], records: [{ ...record, note: 'paid' }] }])).rejects.toThrow('not of an export')
  })

  it.each([
    ['with half a character', 'utf8', (body: string) => `${body}\ufffd`, (body: string) => `${body}\ud83d`],
    ['with what is no base64', 'base64', (body: string) => btoa(body), (body: string) => `${btoa(body)}!!`],
  ] as const)('whose body is the same bytes %s is altered', async (_what, encoding, written, altered) => {
    const [record] = batches[2]?.records ?? []
    if (record === undefined) throw new Error('no record')
    const body = written(record.body)
    const bytes = Buffer.from(body, encoding)
    const hash = recordHash({ ...record, body: bytes }).toString('hex')
    const lone = { ...record, body: altered(record.body), body_encoding: encoding, hash }
    expect(Buffer.from(lone.body, encoding)).toEqual(bytes)
    await expect(check([{ ...batches[2], records: [lone] }])).rejects.toThrow('record 7 is altered: its body')
  })

  it('is held to the key that is trusted, not to its own', async () => {
    const forged = [batchOf(1, 1, 5, GENESIS_HEAD, stranger)]
    const lines = exportOf(forged, stranger.publicKey)
    expect(await verifyExport(linesOf(lines))).toMatchObject({ records: 5 })
    await expect(verifyExport(linesOf(lines), signer.publicKey)).rejects.toThrow('batch 1 is not signed with the key')
  })

  it.each([
    ['nothing', [], 'the file is empty'],
    ['no JSON', ['{'], 'the first line is not JSON'],
    ['another format', ['{"format":"csv"}'], 'the first line is not of an export'],
    ['no batch', [...exportOf([]), '{"number":1}'], 'line 2 is not of an export: first_seq'],
    ['a line with blanks', [...exportOf([]), '{"number": 1}'], 'line 2 is not as an export writes it'],
    [
      'a name that is there twice',
      [...exportOf([]), '{"number":1,"number":2}'],
      'line 2 is not as an export writes it',
    ],
  ])('of %s is refused', async (_, lines, fault) => {
    await expect(verifyExport(linesOf(lines))).rejects.toThrow(fault)
  })

  it('is refused with a key that is none', async () => {
    await expect(check(batches, 'a key')).rejects.toThrow('no public key in PEM')
  })
})

describe('a receipt', () => {
  const receiptOf = ({ records, ...header }: AuditBatch, index: number): AuditReceipt => {
    const leaves = records.map(({ hash }) => Buffer.from(hash, 'hex'))
    const found = records[index]
    if (found === undefined) throw new Error(`no record ${index}`)
    const { seq, partition, offset, body, body_encoding } = found
    const record = { seq, partition, offset, body, body_encoding }
    const path = pathOf(leaves, index).map((hash) => hash.toString('hex'))
    const batch = { ...header, count: records.length }
    return {
      subject: `pay_${record.seq}`,
      public_key: signer.publicKey,
      is_whole: true,
      records: [{ ...record, path, batch }],
    }
  }
  const receipt = (): AuditReceipt => receiptOf(batches[2] ?? batchOf(1, 1, 1, GENESIS_HEAD), 4)

  it('proves what was recorded', () => {
    expect(verifyReceipt(JSON.stringify(receipt()), signer.publicKey)).toEqual([batches[2]?.records[4]?.body])
  })

  it.each([
    [
      'another event',
      (one: AuditReceipt) => Object.assign(one.records[0] ?? {}, { body: '{"subject":"pay_11"}' }),
      'record 11 is altered',
    ],
    [
      'another batch',
      (one: AuditReceipt) => Object.assign(one.records[0]?.batch ?? {}, { number: 4 }),
      'record 11 is altered',
    ],
    ['a path that leads nowhere', (one: AuditReceipt) => one.records[0]?.path.pop(), 'record 11 is altered'],
    [
      'another subject',
      (one: AuditReceipt) => Object.assign(one, { subject: 'pay_12' }),
      'record 11 is not about pay_12',
    ],
  ])('with %s proves nothing', (_, change, fault) => {
    const one = receipt()
    change(one)
    expect(() => verifyReceipt(JSON.stringify(one))).toThrow(fault)
  })

  it('with a record twice proves it once at most', () => {
    const one = receipt()
    const twice = { ...one, records: [...one.records, ...one.records] }
    expect(() => verifyReceipt(JSON.stringify(twice))).toThrow('record 11 stands there twice')
  })

  it('of another key proves nothing', () => {
    expect(() => verifyReceipt(JSON.stringify(receipt()), stranger.publicKey)).toThrow('not signed with the key')
  })
})
