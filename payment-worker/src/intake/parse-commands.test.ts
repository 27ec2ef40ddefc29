import { describe, expect, it } from '@jest/globals'
import type { KafkaMessage } from 'kafkajs'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { parseCommands } from './parse-commands.ts'

const ids = new IdCodec('a secret for tests, of 32 letters or more')

const message = (value: Buffer | null, offset: number, headers: KafkaMessage['headers'] = {}): KafkaMessage => ({
  key: null,
  value,
  offset: String(offset),
  timestamp: '0',
  attributes: 0,
  headers,
})

const command = {
  type: 'payment.create',
  id: ids.derive('pay', 1, 'k'),
  source: ids.derive('acc', 1, 'a'),
  destination: ids.derive('acc', 2, 'b'),
  amount: 5,
  currency: 'USD',
  client: 1,
  fingerprint: '0'.repeat(32),
  created_at_ms: 1,
}

const parse = (messages: KafkaMessage[]): ReturnType<typeof parseCommands> =>
  parseCommands({
    topic: 't',
    signal: new AbortController().signal,
    slices: [{ partition: 3, messages, firstOffset: 0, nextOffset: messages.length }],
  })

describe('parsing commands', () => {
  it('keeps what is a command, with its trace, and tells apart what is none', () => {
    const good = Buffer.from(JSON.stringify(command))
    const batch = parse([
      message(good, 0, { traceparent: Buffer.from('00-ab-cd-01') }),
      message(null, 1),
      message(Buffer.from('{'), 2),
      message(Buffer.from([0xff, 0xfe]), 3),
      message(Buffer.from(JSON.stringify({ ...command, amount: 1.5 })), 4),
      message(Buffer.from(JSON.stringify({ ...command, surplus: true })), 5),
      message(Buffer.from(JSON.stringify({ ...command, id: 'pay_x' })), 6),
      message(good, 7),
    ])
    expect(batch.commands.map(({ source }) => source.message.offset)).toEqual(['0', '7'])
    expect(batch.poison.map(({ source }) => source.message.offset)).toEqual(['1', '2', '3', '4', '5', '6'])
    expect(batch.poison.map(({ reason }) => reason)).toEqual([
      'the message is empty',
      'the message is not JSON',
      'the message is not JSON',
      expect.stringContaining('amount'),
      expect.stringContaining('surplus'),
      expect.stringContaining('id'),
    ])
    expect(batch.traceparents.get(command.id)).toBe('00-ab-cd-01')
  })
})
