import { describe, expect, it } from '@jest/globals'
import type { KafkaMessage } from 'kafkajs'
import { deadLetterOf, replayHeaders, toDeadLetterMessage } from './dead-letter.ts'

const message = (headers: KafkaMessage['headers'] = {}): KafkaMessage => ({
  key: Buffer.from('key'),
  value: Buffer.from('value'),
  timestamp: '1',
  attributes: 0,
  offset: '42',
  headers,
})
const letterOf = (headers?: KafkaMessage['headers'], reason = 'because') =>
  deadLetterOf({ topic: 'payment.commands', partition: 3, message: message(headers) }, reason, 1_000)

describe('a dead letter', () => {
  it('is named after where the message stood', () => {
    expect(letterOf()).toMatchObject({ id: 'command-3-42', attempts: 1, reason: 'because', atMs: 1_000 })
  })

  it('stays the same when it is tried again, and counts that', () => {
    const headers = Object.fromEntries(
      Object.entries(replayHeaders('command-7-1', 2)).map(([name, value]) => [name, Buffer.from(value)] as const),
    )
    expect(letterOf(headers)).toMatchObject({ id: 'command-7-1', attempts: 3 })
  })

  it.each([
    ['no number', { 'dead-letter': 'command-7-1', 'dead-letter-attempts': 'x' }],
    ['none', { 'dead-letter': 'command-7-1' }],
    ['below one', { 'dead-letter': 'command-7-1', 'dead-letter-attempts': '0' }],
    ['past all counting', { 'dead-letter': 'command-7-1', 'dead-letter-attempts': '1e300' }],
    ['another kind of letter', { 'dead-letter': `task-${'0'.repeat(32)}`, 'dead-letter-attempts': '1' }],
  ])('takes no header for it that says %s', (_, headers) => {
    expect(letterOf(headers)).toMatchObject({ id: 'command-3-42', attempts: 1 })
  })

  it('has a reason that PostgreSQL takes, cut', () => {
    expect(letterOf({}, `a\u0000b${'x'.repeat(2_000)}`).reason).toBe(`a\ufffdb${'x'.repeat(997)}`)
  })

  it('is a message with the original bytes, its headers, and why', () => {
    const { key, value, headers } = toDeadLetterMessage(letterOf({ traceparent: ['00-1', '00-2'] }))
    expect([key?.toString(), value?.toString()]).toEqual(['key', 'value'])
    expect(headers).toEqual({
      traceparent: '00-1',
      'dlq-reason': 'because',
      'dlq-topic': 'payment.commands',
      'dlq-partition': '3',
      'dlq-offset': '42',
      'dlq-at': '1970-01-01T00:00:01.000Z',
    })
  })
})
