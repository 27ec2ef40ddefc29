import { describe, expect, it } from '@jest/globals'
import { demandUnderLoad } from './service-demand.ts'

describe('the service demand of a tier', () => {
  it('is that of loads at which the cluster batches, not of an idle one', () => {
    const loads = [
      { perS: 10, cores: 1 },
      { perS: 700, cores: 0.14 },
      { perS: 1000, cores: 0.2 },
      { perS: 900, cores: 0.27 },
    ]
    const { median, min, max } = demandUnderLoad(loads)
    expect(median).toBeCloseTo(200, 9)
    expect(min).toBeCloseTo(200, 9)
    expect(max).toBeCloseTo(300, 9)
  })

  it('takes a load', () => {
    expect(() => demandUnderLoad([{ perS: 0, cores: 1 }])).toThrow('takes a load')
  })
})
