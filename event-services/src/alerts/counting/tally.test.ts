import { describe, expect, it } from '@jest/globals'
import { ALERTS_SOURCE } from '@paycluster/contracts'
import { parseRules } from '../rules/parse-rules.ts'
import { countersOf } from './counter.ts'
import { toListenedEvent, type ListenedEvent } from './listened-event.ts'
import { tally } from './tally.ts'

const counters = countersOf(
  parseRules(`
rules:
  - name: failures
    severity: critical
    summary: x
    event:
      types: [payment.failed]
      where: [{ field: payment.failure.code, in: [bank_declined, bank_unavailable] }]
      window: 1m
      share: { of: [payment.succeeded, payment.failed], above_percent: 50, of_at_least: 2 }
    group_by: [payment.currency]
    escalation: [{ notify: [log] }]
  - name: large
    severity: info
    summary: x
    event: { types: [payment.succeeded], where: [{ field: payment.amount, above: 1000 }], window: 10m }
    escalation: [{ notify: [log] }]
  - name: lag
    severity: info
    summary: x
    metric: { name: group_lag, above: 1 }
    escalation: [{ notify: [log] }]
`),
)

let made = 0
function event(type: string, data: object, more: object = {}): ListenedEvent {
  made += 1
  const time = '2026-11-27T09:00:30.500Z'
  const text = { id: `pay_${made}.1`, type, source: '/payment-worker', subject: `pay_${made}`, time, data, ...more }
  return toListenedEvent(Buffer.from(JSON.stringify(text)))
}
const payment = (status: string, more: object): ListenedEvent =>
  event(`payment.${status}`, { payment: { currency: 'USD', amount: 1, ...more } })
const NOW = Date.parse('2026-11-27T09:01:00.000Z')
const shown = (events: ListenedEvent[], fromMs = 0) =>
  tally(counters, events, fromMs, NOW).map(({ counter, labels, groupKey, bucketMs, matched, total, evidence }) => ({
    rule: counter.rule.name,
    labels,
    groupKey,
    second: (bucketMs % 60_000) / 1000,
    counts: [matched, total],
    evidence: evidence.map(({ event_id }) => event_id),
  }))

describe('a batch of events', () => {
  it('adds to the counts by rule, group and stretch of time', () => {
    const declined = payment('failed', { failure: { code: 'bank_declined' } })
    const others = [
      payment('failed', { failure: { code: 'insufficient_funds' } }),
      payment('succeeded', { currency: 'EUR' }),
      payment('processing', {}),
    ]
    const large = payment('succeeded', { amount: 1001 })
    expect(shown([declined, ...others, large])).toEqual([
      {
        rule: 'failures',
        labels: { 'payment.currency': 'USD' },
        groupKey: '["USD"]',
        second: 30,
        counts: [1, 3],
        evidence: [declined.id],
      },
      {
        rule: 'failures',
        labels: { 'payment.currency': 'EUR' },
        groupKey: '["EUR"]',
        second: 30,
        counts: [0, 1],
        evidence: [],
      },
      { rule: 'large', labels: {}, groupKey: '[]', second: 30, counts: [1, 1], evidence: [large.id] },
    ])
  })

  it('keeps the newest as evidence, and no more than ten', () => {
    const events = Array.from({ length: 25 }, () => payment('succeeded', { amount: 5000 }))
    const [, large] = shown(events)
    expect(large).toMatchObject({
      counts: [25, 25],
      evidence: events
        .slice(-10)
        .toReversed()
        .map(({ id }) => id),
    })
  })

  it('leaves out what is too old, what alerts tell themselves, and dates nothing in the future', () => {
    const large = { payment: { currency: 'USD', amount: 5000 } }
    const own = event('payment.succeeded', large, { source: ALERTS_SOURCE })
    const future = event('payment.succeeded', large, { time: '2027-01-01T00:00:00.000Z' })
    expect(shown([own, payment('succeeded', { amount: 5000 })], NOW)).toEqual([])
    expect(shown([future]).map(({ second }) => second)).toEqual([0, 0])
  })

  it('groups what lacks the field, and what has it as an object, under the empty text', () => {
    const events = [event('payment.failed', {}), event('payment.failed', { payment: { currency: { a: 1 } } })]
    expect(shown(events)).toMatchObject([{ labels: { 'payment.currency': '' }, counts: [0, 2] }])
  })
})

describe('an event', () => {
  it.each(['', '{', '[]', '{"id":"x"}', JSON.stringify({ id: 'x', type: 't', subject: 's', time: '', data: {} })])(
    'is none where %j stands',
    (text) => {
      expect(() => toListenedEvent(Buffer.from(text))).toThrow()
    },
  )
})
