import { describe, expect, it } from '@jest/globals'
import type { Settlement } from '../applied/settle.ts'
import type { ClientView } from './k6-summary.ts'
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
const verified = { state: 'correct', findings: ['I1 … ok'] } as const

describe('the verdict', () => {
  it('is correct when clients and ledger agree', () => {
    const { state, findings } = judge(clients, settlement, verified)
    expect(state).toBe('correct')
    expect(findings.join('\n')).toContain('50 consistency tokens honoured')
  })

  it.each([
    ['a version that went backwards', { ...clients, versionsBackwards: 1 }, settlement],
    ['a token that was not honoured', { ...clients, tokensNotMet: 1 }, settlement],
    ['an answer that is none', { ...clients, malformed: 1 }, settlement],
    ['an accepted payment that was lost', clients, { ...settlement, unsettled: ['pay_1'] }],
  ])('is violated by %s, whatever the ledger says', (_, seen, settled) => {
    expect(judge(seen, settled, verified).state).toBe('violated')
  })

  it('is what the verification says otherwise', () => {
    expect(judge(clients, settlement, { state: 'violated', findings: [] }).state).toBe('violated')
    expect(judge(clients, settlement, { state: 'unchecked', findings: [] }).state).toBe('unchecked')
  })

  it('is open when what became of the payments cannot be seen', () => {
    expect(judge(clients, 'the primary is away', 'by address alone').state).toBe('unchecked')
    expect(judge({ ...clients, malformed: 1 }, 'the primary is away', 'by address alone').state).toBe('violated')
  })

  it('says when it rests on the clients alone', () => {
    expect(judge(clients, settlement, 'by address alone').state).toBe('clients only')
  })
})
