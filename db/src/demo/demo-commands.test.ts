import { describe, expect, it } from '@jest/globals'
import { commandSchema } from '@paycluster/contracts'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { planDemo } from './demo-commands.ts'

const codec = new IdCodec('a secret for tests, of 32 letters or more')
const clients = { system: 1, demo: 2 }
const plan = planDemo(codec, clients, { customers: 30, merchants: 5 }, 1_764_201_600_000)
const accounts = [plan.fundingAccount, ...plan.customers, ...plan.merchants]

describe('the demonstration', () => {
  it('is made of commands as any client could cause them', () => {
    for (const command of [...accounts, ...plan.fundings]) expect(commandSchema.parse(command)).toEqual(command)
  })

  it('names the same accounts and payments every time, and more of them when more are asked for', () => {
    const later = planDemo(codec, clients, { customers: 31, merchants: 5 }, 1_764_201_700_000)
    expect(later.customers.slice(0, 30).map(({ id }) => id)).toEqual(plan.customers.map(({ id }) => id))
    expect(later.fundings.slice(0, 30).map(({ id }) => id)).toEqual(plan.fundings.map(({ id }) => id))
    expect(new Set([...accounts, ...plan.fundings].map(({ id }) => id)).size).toBe(accounts.length + 30)
  })

  it('pays every customer once, out of the account of the system client', () => {
    expect(plan.fundings.map(({ destination }) => destination)).toEqual(plan.customers.map(({ id }) => id))
    for (const payment of plan.fundings) expect(codec.isOwnedBy('acc', payment.source, clients.system)).toBe(true)
    for (const { id } of plan.customers) expect(codec.isOwnedBy('acc', id, clients.demo)).toBe(true)
  })
})
