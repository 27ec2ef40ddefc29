import { describe, expect, it } from '@jest/globals'
import type { Settlement } from '../applied/settle.ts'
import type { ClientView } from './k6-summary.ts'
import type { EvidenceVerdict } from '../verdict/judge-evidence.ts'
import { judge } from './verdict.ts'

const clients: ClientView = {
  requests: 600,
  failed: 0,
  measured: { requests: 500, reads: undefined, operations: [] },
  versionsBackwards: 0,
  tokensSent: 50,
  tokensNotMet: 0,
  malformed: 0,
  bodiesChecked: 30,
}
const settlement: Settlement = {
  source: 'ledger',
  accepted: 100,
  succeeded: 100,
  failed: {},
  unsettled: [],
  drainS: 0.1,
  posted: undefined,
  committedPerS: 10,
}
const evidence: EvidenceVerdict = {
  counts: [
    { rule: 'backwards', checked: 400, violations: 0 },
    { rule: 'token_not_met', checked: 50, violations: 0 },
    { rule: 'lost', checked: 100, violations: 0 },
    { rule: 'told_otherwise', checked: 90, violations: 0 },
    { rule: 'sums', checked: 1050, violations: 0 },
  ],
  offences: [],
  users: 20,
  unanswered: { requests: 0, posted: 0 },
  notes: [],
}
const invariant = {
  id: 'I1',
  title: 'all balances of a currency sum to zero',
  state: 'ok',
  checked: 1,
  violations: 0,
  rows: [],
  notes: [],
  durationMs: 10,
} as const
const verified = { state: 'correct', invariants: [invariant] } as const

describe('the verdict', () => {
  it('is correct when clients and ledger agree, and says what was looked at', () => {
    const { state, findings, invariants } = judge(clients, settlement, evidence, verified)
    expect(state).toBe('correct')
    expect(findings).toEqual([
      '100 accepted payments, each final and as accepted; 90 final states told, all true',
      '400 versions seen by 20 users, none went backwards or beyond the ledger; 50 consistency tokens honoured; 30 bodies checked',
      '1,050 accounts moved by these payments alone, to the unit',
    ])
    expect(invariants).toEqual([invariant])
  })

  it('is violated by a broken rule, and shows the history', () => {
    const offence = { rule: 'posted_twice', detail: 'entry 7 of acc_1', payment: 'pay_1' } as const
    const counts = [...evidence.counts, { rule: 'posted_twice', checked: 0, violations: 1 } as const]
    const { state, findings, offences } = judge(
      clients,
      settlement,
      { ...evidence, counts, offences: [offence] },
      verified,
    )
    expect(state).toBe('violated')
    expect(findings[0]).toBe('1 payments moved money twice')
    expect(offences).toEqual([offence])
  })

  it.each([
    ['a version that went backwards', { ...clients, versionsBackwards: 1 }, settlement],
    ['a token that was not honoured', { ...clients, tokensNotMet: 1 }, settlement],
    ['an answer that is none', { ...clients, malformed: 1 }, settlement],
    ['an accepted payment that was lost', clients, { ...settlement, unsettled: ['pay_1'] }],
  ])('is violated by %s, whatever the ledger says', (_, seen, settled) => {
    expect(judge(seen, settled, evidence, verified).state).toBe('violated')
    expect(judge(seen, settled, 'the record is gone', verified).state).toBe('violated')
  })

  it('is what the verification says otherwise', () => {
    expect(judge(clients, settlement, evidence, { state: 'violated', invariants: [] }).state).toBe('violated')
    expect(judge(clients, settlement, evidence, { state: 'unchecked', invariants: [] }).state).toBe('unchecked')
  })

  it('is open when what became of the payments cannot be seen', () => {
    expect(judge(clients, 'the primary is away', evidence, 'by address alone').state).toBe('unchecked')
    expect(judge({ ...clients, malformed: 1 }, 'the primary is away', evidence, verified).state).toBe('violated')
  })

  it('is open when what the clients saw was not judged', () => {
    expect(judge(clients, settlement, 'the record is gone', verified).state).toBe('unchecked')
  })

  it('says when it rests on the clients alone', () => {
    const { state, findings, invariants } = judge(clients, settlement, evidence, 'by address alone')
    expect(state).toBe('clients only')
    expect(findings).toContain('by address alone')
    expect(invariants).toEqual([])
  })
})
