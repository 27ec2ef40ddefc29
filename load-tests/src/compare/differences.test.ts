import { describe, expect, it } from '@jest/globals'
import type { Summary } from '../report/summary-schema.ts'
import { differencesOf } from './differences.ts'
import { PEAK, peakWith } from './test/peak-run.ts'

const { summary } = PEAK
const { environment } = summary
const differ = (changes: Partial<Summary>) =>
  differencesOf({ name: 'a', runs: [PEAK, PEAK] }, { name: 'b', runs: [peakWith(changes), peakWith(changes)] })

describe('what two sides differ in', () => {
  it('is nothing when they are the same', () => {
    expect(differ({})).toMatchObject({ barriers: [], changes: [] })
  })

  it.each<[string, Partial<Summary>, string]>([
    ['profile', { profile: 'average' }, 'profile: peak → average'],
    ['load', { workload: { ...summary.workload, users: 1000 } }, 'load.users: 3000 → 1000'],
    [
      'machine',
      { environment: { ...environment, machine: { ...environment.machine, cores: 8 } } },
      'machine.cores: 2 → 8',
    ],
    [
      'speed of the machine',
      { calibration: { before: { workMs: 56 }, after: { workMs: 57 } } },
      'the machine was not as fast: the fixed work took 46.1 ms in the median, then 56.5',
    ],
  ])('keeps them from being compared: another %s', (_, changes, barrier) => {
    expect(differ(changes).barriers).toEqual([barrier])
  })

  it('may be what is compared: code, settings, versions', () => {
    const settings = { ...environment.settings, counts: { replicas: 1 } }
    const { barriers, changes } = differ({
      environment: { ...environment, commit: { hash: 'a'.repeat(40), isChanged: false }, settings },
    })
    expect(barriers).toEqual([])
    expect(changes).toContain('commit: f481070cda with changes → aaaaaaaaaa')
    expect(changes).toContain('settings.counts.replicas: 2 → 1')
  })

  it('is not where the cluster listens', () => {
    const settings = { ...environment.settings, ports: { gateway: 9080 }, stateDir: '/elsewhere' }
    expect(differ({ environment: { ...environment, settings } }).changes).toEqual([])
  })

  it('is told of one side, too: its runs are none of one thing', () => {
    const mixed = { name: 'a', runs: [PEAK, peakWith({ profile: 'average' })] }
    expect(differencesOf(mixed, { name: 'b', runs: [PEAK] }).barriers).toEqual(['profile: peak and average → peak'])
    const uneven = { name: 'a', runs: [PEAK, peakWith({ calibration: { before: { workMs: 60 } } })] }
    expect(differencesOf(uneven, { name: 'b', runs: [PEAK] }).doubts).toContain(
      'A: the machine changed between its runs: the fixed work took 46.0 to 60.0 ms',
    )
  })

  it('comes with what speaks against single runs', () => {
    const { doubts } = differ({ runId: 'peak-2', cut: true, verdict: { ...summary.verdict, state: 'violated' } })
    const text = doubts.filter((doubt) => doubt.startsWith('peak-2')).join('\n')
    expect(text).toContain('cut by hand')
    expect(text).toContain('its verdict is violated')
    expect(text).toContain('a turn of a user waited 12 ms for k6 itself')
  })
})
