import { describe, expect, it } from '@jest/globals'
import { decide, type OpenState, type Seen } from './decide.ts'

const rule = { forMs: 60_000, resolveAfterMs: 30_000 }
const at = (ms: number, holds: boolean, more: Partial<Seen> = {}): Seen => ({
  holds,
  sinceMs: ms,
  untilMs: ms,
  mayEnd: true,
  ...more,
})
const open = (state: OpenState['state'], holdsSinceMs = 0, overSinceMs: number | null = null): OpenState => ({
  state,
  holdsSinceMs,
  overSinceMs,
})

describe('an alert', () => {
  it('waits until its condition has held for long enough', () => {
    expect(decide(rule, undefined, at(0, true))).toEqual({ kind: 'begin' })
    expect(decide(rule, open('pending'), at(59_999, true))).toEqual({ kind: 'update', overSinceMs: null })
    expect(decide(rule, open('pending'), at(60_000, true))).toEqual({ kind: 'fire' })
    expect(decide(rule, undefined, at(0, true, { untilMs: 60_000 }))).toEqual({ kind: 'fire' })
    expect(decide({ ...rule, forMs: 0 }, undefined, at(0, true))).toEqual({ kind: 'fire' })
  })

  it('comes to nothing when it did not', () => {
    expect(decide(rule, open('pending'), at(1, false))).toEqual({ kind: 'drop' })
    expect(decide(rule, undefined, at(1, false))).toEqual({ kind: 'none' })
  })

  it.each(['firing', 'acknowledged'] as const)(
    'that is %s stays so while it holds, and ends when it is over for long enough',
    (state) => {
      expect(decide(rule, open(state), at(90_000, true))).toEqual({ kind: 'update', overSinceMs: null })
      expect(decide(rule, open(state, 0, 80_000), at(90_000, true))).toEqual({ kind: 'update', overSinceMs: null })
      expect(decide(rule, open(state), at(90_000, false))).toEqual({ kind: 'update', overSinceMs: 90_000 })
      expect(decide(rule, open(state, 0, 90_000), at(119_999, false))).toEqual({ kind: 'update', overSinceMs: 90_000 })
      expect(decide(rule, open(state, 0, 90_000), at(120_000, false))).toEqual({ kind: 'resolve' })
      expect(decide({ ...rule, resolveAfterMs: 0 }, open(state), at(1, false))).toEqual({ kind: 'resolve' })
    },
  )

  it('does not end while events are not read yet', () => {
    for (const state of ['pending', 'firing'] as const)
      expect(decide(rule, open(state, 0, 7), at(1, false, { mayEnd: false }))).toEqual({
        kind: 'update',
        overSinceMs: 7,
      })
  })
})
