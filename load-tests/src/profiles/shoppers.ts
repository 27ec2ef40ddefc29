import type { Workload } from '../workload/workload.ts'

/** What shoppers do in most profiles: five reads to a payment, one merchant in twenty with 80 % of the sales. */
export const shoppers = {
  ratePerS: 0,
  thinkS: 1,
  mix: { balance: 3, payment: 1, statement: 1, pay: 1 },
  customers: { kind: 'uniform' },
  merchants: { merchants: 0.05, traffic: 0.8 },
  amount: { min: 1, max: 2000 },
  checkShare: 0.05,
  tokenShare: 0.2,
} as const satisfies Partial<Workload>
