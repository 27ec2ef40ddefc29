import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { verdictSection } from './html/results.ts'
import { verdictText } from './print-report.ts'
import type { Summary } from './summary-schema.ts'
import type { Verdict } from './verdict.ts'

const offence = {
  rule: 'backwards',
  detail: 'version 4 after 5',
  user: 7,
  account: 'acc_<1>',
  history: 'b5 b4',
} as const
const verdict: Verdict = {
  state: 'violated',
  findings: ['2 answers went back behind an earlier one of the same user'],
  rules: [{ rule: 'backwards', checked: 9, violations: 2 }],
  offences: [offence, { ...offence, user: 8 }, { rule: 'lost', detail: 'accepted at noon', payment: 'pay_1' }],
}

describe('a verdict of violated', () => {
  it('is printed with the first history of each rule', () => {
    expect(stripVTControlCharacters(verdictText(verdict)).split('\n')).toEqual([
      '✖ VIOLATED',
      '  2 answers went back behind an earlier one of the same user',
      '  all that cannot be right: violations.jsonl; the first of each kind:',
      '    backwards version 4 after 5',
      '      user 7, acc_<1>: b5 b4',
      '    lost accepted at noon',
      '      pay_1',
    ])
  })

  it('stands in the page with every history that was kept, escaped', () => {
    const page = verdictSection({ verdict, cut: false, measuredS: 5 } as Summary).text
    expect(page).toContain('class="verdict bad"')
    expect(page).toContain('user 7, acc_&lt;1&gt;')
    expect(page).toContain('user 8, acc_&lt;1&gt;')
    expect(page).toContain('b5 b4')
    expect(page).toContain('pay_1')
  })
})

describe('a verdict of correct', () => {
  it('is what was looked at, and nothing else', () => {
    const correct: Verdict = { state: 'correct', findings: ['all of it'], rules: [], offences: [] }
    expect(stripVTControlCharacters(verdictText(correct))).toBe('✔ CORRECT\n  all of it')
    expect(verdictSection({ verdict: correct, cut: false, measuredS: 5 } as Summary).text).not.toContain('<table>')
  })
})
