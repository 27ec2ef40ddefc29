import { stripVTControlCharacters } from 'node:util'
import { projectRoot } from '@paycluster/cluster/project-root'
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
  invariants: [],
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
    const correct: Verdict = { state: 'correct', findings: ['all of it'], invariants: [], rules: [], offences: [] }
    expect(stripVTControlCharacters(verdictText(correct))).toBe('✔ CORRECT\n  all of it')
    expect(verdictSection({ verdict: correct, cut: false, measuredS: 5 } as Summary).text).not.toContain('<table>')
  })
})

describe('the invariants of a verdict', () => {
  const followed = {
    id: 'I6',
    title: 'every accepted id has one row, terminal',
    state: 'ok',
    checked: 100_119,
    violations: 0,
    rows: [],
    notes: ['51085 commands on the log', `${projectRoot}/.cluster/load/peak-1/accepted.jsonl`],
    durationMs: 2160,
  } as const
  const broken = {
    id: 'I9',
    title: 'replicas converge',
    state: 'violated',
    checked: 10,
    violations: 2,
    rows: [{ replica: 'replica-1', table: '<entries>' }],
    notes: [],
    durationMs: 1000,
  } as const
  const checked: Verdict = {
    state: 'violated',
    findings: ['all of it'],
    invariants: [followed, broken],
    rules: [],
    offences: [],
  }
  const pageOf = (shown: Summary['verdict']): string =>
    verdictSection({ verdict: shown, cut: false, measuredS: 5 } as Summary).text

  it('are printed in columns, below what was found', () => {
    expect(stripVTControlCharacters(verdictText(checked)).split('\n')).toEqual([
      '✖ VIOLATED',
      '  all of it',
      '  I6    every accepted id has one row, terminal                100,119     2.16 s  ✔ ok',
      '      51085 commands on the log',
      `      ${projectRoot}/.cluster/load/peak-1/accepted.jsonl`,
      '  I9    replicas converge                                           10     1.00 s  ✖ violated',
      '      2 in all, the first:',
      '      replica: replica-1 · table: <entries>',
    ])
  })

  it('are a table in the page, with files named from the project’s root', () => {
    const page = pageOf(checked)
    for (const heading of ['invariant', 'what it says', 'result']) expect(page).toContain(`<th>${heading}</th>`)
    expect(page).toContain('<th class="number">checked</th>')
    expect(page).toContain('<code>I6</code>')
    expect(page).toContain('<td class="number">100,119</td>')
    expect(page).toContain('<td class="number">2.16</td>')
    expect(page).toContain('<span class="badge good">ok</span>')
    expect(page).toContain('<small class="note">.cluster/load/peak-1/accepted.jsonl</small>')
    expect(page).not.toContain(projectRoot)
  })

  it('are shown with their first offenders, escaped', () => {
    const page = pageOf(checked)
    expect(page).toContain('<span class="badge bad">violated</span>')
    expect(page).toContain('<small class="note">2 in all, the first:</small>')
    expect(page).toContain('<small class="note">replica: replica-1 · table: &lt;entries&gt;</small>')
  })

  it('may be missing from a summary', () => {
    expect(pageOf({ ...checked, invariants: undefined })).not.toContain('<table>')
  })
})
