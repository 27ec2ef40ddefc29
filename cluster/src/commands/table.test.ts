import { describe, expect, it } from '@jest/globals'
import { table } from './table.ts'

describe('table', () => {
  it('aligns text to the left and numbers to the right', () => {
    const text = table(
      ['NODE', 'PID'],
      [
        ['kafka', '7'],
        ['redis', '1234'],
      ],
    )
    expect(text.split('\n')).toEqual(['NODE    PID', 'kafka     7', 'redis  1234'])
  })
})
