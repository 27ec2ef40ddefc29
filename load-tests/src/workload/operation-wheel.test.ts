import { describe, expect, it } from '@jest/globals'
import { operationWheel } from './operation-wheel.ts'

const count = (wheel: readonly string[], operation: string) => wheel.filter((turn) => turn === operation).length

describe('the wheel of operations', () => {
  it('holds each operation as often as its weight says', () => {
    const wheel = operationWheel({ balance: 3, payment: 1, statement: 1, pay: 1 })
    expect(wheel).toHaveLength(6)
    expect(['balance', 'payment', 'statement', 'pay'].map((operation) => count(wheel, operation))).toEqual([3, 1, 1, 1])
  })

  it('spreads the operations instead of bunching them', () => {
    const wheel = operationWheel({ balance: 5, payment: 0, statement: 0, pay: 5 })
    expect(wheel.join()).not.toContain('pay,pay')
    expect(wheel.join()).not.toContain('balance,balance')
  })

  it('leaves out what has no weight', () => {
    expect(operationWheel({ balance: 0, payment: 0, statement: 0, pay: 2 })).toEqual(['pay', 'pay'])
  })
})
