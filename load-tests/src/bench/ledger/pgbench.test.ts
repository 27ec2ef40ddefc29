import { describe, expect, it } from '@jest/globals'
import { parseTps } from './pgbench.ts'

const OUTPUT = `pgbench (15.14 (Debian 15.14-0+deb12u1), server 18.4)
transaction type: <builtin: TPC-B (sort of)>
number of transactions actually processed: 7215
latency average = 5.542 ms
initial connection time = 12.345 ms
tps = 1443.485721 (without initial connection time)
`

describe('the output of pgbench', () => {
  it('holds the rate', () => {
    expect(parseTps(OUTPUT)).toBe(1443.485721)
  })

  it('is shown when it does not', () => {
    expect(() => parseTps('pgbench: error: out of memory')).toThrow('out of memory')
  })
})
