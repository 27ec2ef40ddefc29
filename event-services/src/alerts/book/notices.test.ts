import { describe, expect, it } from '@jest/globals'
import { nextNoticeAtMs, noticeOf, type Plan } from './notices.ts'

const plan: Plan = {
  escalation: [
    { afterMs: 0, notify: ['log', 'webhook'] },
    { afterMs: 600, notify: ['telegram'] },
    { afterMs: 1_000, notify: ['webhook'] },
  ],
  repeat: { everyMs: 5_000, atMost: 2 },
}

/** When what is told, where each notice is given when it is due, or when a silence is over. */
function told(of: Plan, firedAtMs: number, silentUntilMs = 0): [number, string, readonly string[]][] {
  const notices: [number, string, readonly string[]][] = []
  for (let atMs = nextNoticeAtMs(of, 0, firedAtMs, firedAtMs); atMs !== undefined && notices.length < 100;) {
    const givenAtMs = Math.max(atMs, silentUntilMs)
    const notice = noticeOf(of, notices.length)
    notices.push([givenAtMs, notice?.kind ?? '', notice?.channels ?? []])
    atMs = nextNoticeAtMs(of, notices.length, firedAtMs, givenAtMs)
  }
  return notices
}

describe('who is told', () => {
  it('is each step after its time, then the last one again, a bounded number of times', () => {
    expect(told(plan, 100)).toEqual([
      [100, 'raised', ['log', 'webhook']],
      [700, 'escalated', ['telegram']],
      [1_100, 'escalated', ['webhook']],
      [6_100, 'repeated', ['webhook']],
      [11_100, 'repeated', ['webhook']],
    ])
    expect(told({ ...plan, repeat: null }, 0)).toHaveLength(3)
  })

  it('is told at the end of a silence what was due in it, and the rest at its distance', () => {
    expect(told(plan, 0, 10_000).map(([atMs]) => atMs)).toEqual([10_000, 10_600, 11_000, 16_000, 21_000])
  })

  it('may be nobody at first', () => {
    const late: Plan = { escalation: [{ afterMs: 50, notify: ['log'] }], repeat: null }
    expect(told(late, 100)).toEqual([[150, 'raised', ['log']]])
  })
})
