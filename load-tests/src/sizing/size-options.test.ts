import { describe, expect, it } from '@jest/globals'
import { Command } from 'commander'
import { addSizeOptions, requirementsOf, type SizeOptions } from './size-options.ts'

const asked = (...args: string[]) =>
  requirementsOf(addSizeOptions(new Command()).parse(args, { from: 'user' }).opts<SizeOptions>())

describe('what the command line asks of a cluster', () => {
  it('is the peak that the cluster is made for, unless it says otherwise', () => {
    expect(asked()).toMatchObject({ users: 3000, thinkS: 1, readsAWrite: 5, survive: 1, retentionDays: 7 })
  })

  it('is understood as people write it', () => {
    expect(
      asked('--users', '30k', '--think', '500ms', '--mix', '10:1', '--growth', '30%', '--network', '2.5'),
    ).toMatchObject({
      users: 30_000,
      thinkS: 0.5,
      readsAWrite: 10,
      growthAYear: 0.3,
      networkBytesPerS: 312_500_000,
      cachedAccounts: 30_000,
    })
    expect(asked('--retention', '30d', '--accounts', '1m', '--response', '50ms')).toMatchObject({
      retentionDays: 30,
      cachedAccounts: 1_000_000,
      responseS: 0.05,
    })
  })

  it.each([
    [['--users', '0'], '--users 0: expected a whole number'],
    [['--users', '1.5'], '--users 1.5: expected a whole number'],
    [['--mix', '5:0'], '--mix 5:0: expected <reads>:<payments>'],
    [['--utilisation', '99'], '--utilisation 99: expected per cent from 5 to 95'],
    [['--survive', '-1'], '--survive -1: expected a whole number from 0 to 10'],
    [['--retention', '0'], '--retention 0: expected days from 1'],
    [['--calibration', 'fast'], '--calibration fast: expected a number'],
    [['--utilisation-after-loss', '50'], '--utilisation-after-loss 50%: expected no less than --utilisation, 60%'],
    [['--survive', '3'], '--copies 3: expected more than --survive, 3'],
  ])('is refused when it cannot be: %p', (args, message) => {
    expect(() => asked(...args)).toThrow(message)
  })
})
