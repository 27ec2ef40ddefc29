import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { faultLines, parseRules, RulesError } from './parse-rules.ts'
import { conditionText } from './rule.ts'

const SHIPPED = join(import.meta.dirname, '../../../alerts/rules.yaml')

const RULE = `rules:
  - name: failures
    severity: critical
    summary: '{{value}} % in {{payment.currency}} within {{window}}'
    event:
      types: [payment.failed]
      where: [{ field: payment.amount, above: 100 }]
      window: 5m
      at_least: 3
      share: { of: [payment.succeeded, payment.failed], above_percent: 20, of_at_least: 50 }
    group_by: [payment.currency]
    for: 90s
    escalation:
      - notify: [log, log]
      - { after: 10m, notify: [telegram] }
    repeat: { every: 1h, at_most: 3 }
`

function faultsOf(text: string): string[] {
  try {
    parseRules(text)
  } catch (error) {
    if (error instanceof RulesError) return faultLines('rules.yaml', error.faults)
    throw error
  }
  return []
}
const changed = (from: string | RegExp, to: string): string => {
  const text = RULE.replace(from, to)
  expect(text).not.toBe(RULE)
  return text
}

describe('a file of rules', () => {
  it('is rules, with what is not said filled in', () => {
    const rules = parseRules(RULE)
    expect(rules).toEqual([
      {
        name: 'failures',
        severity: 'critical',
        summary: '{{value}} % in {{payment.currency}} within {{window}}',
        condition: {
          kind: 'event',
          types: ['payment.failed'],
          where: [{ field: 'payment.amount', above: 100 }],
          windowMs: 300_000,
          atLeast: 3,
          share: { of: ['payment.succeeded', 'payment.failed'], abovePercent: 20, ofAtLeast: 50 },
        },
        groupBy: ['payment.currency'],
        forMs: 90_000,
        resolveAfterMs: 0,
        escalation: [
          { afterMs: 0, notify: ['log'] },
          { afterMs: 600_000, notify: ['telegram'] },
        ],
        repeat: { everyMs: 3_600_000, atMost: 3 },
      },
    ])
    expect(rules.map(conditionText)).toEqual([
      'payment.failed with payment.amount above 100 above 20 % of payment.succeeded, payment.failed within 5m, of at least 50',
    ])
  })

  it('groups a metric by all of its labels where it does not say', () => {
    const [rule] = parseRules(`
      rules:
        - { name: lag, severity: warning, summary: '{{group}}', metric: { name: group_lag, where: { topic: t }, above: 5 }, escalation: [{ notify: [log] }] }
    `)
    expect(rule).toMatchObject({ groupBy: ['group', 'topic'], condition: { kind: 'metric', where: { topic: 't' } } })
    expect(rule && conditionText(rule)).toBe('group_lag of topic t above 5')
  })

  it('is the one that comes with the cluster', () => {
    expect(parseRules(readFileSync(SHIPPED, 'utf8')).length).toBeGreaterThan(8)
  })

  it.each([
    [
      'a value',
      changed('critical', 'urgent'),
      '3:15 rules[0].severity: Invalid option: expected one of "info"|"warning"|"critical"',
    ],
    ['a field that is not known', changed('for: 90s', 'fro: 90s'), '12:10 rules[0].fro: is not known here'],
    ['a field that is missing', changed(/ {4}severity.*\n/, ''), '2:5 rules[0].severity: Invalid option'],
    ['a duration', changed('window: 5m', 'window: 5 minutes'), '8:15 rules[0].event.window: is no length of time'],
    [
      'a duration out of range',
      changed('window: 5m', 'window: 2d'),
      '8:15 rules[0].event.window: is not between 10s and 86400s',
    ],
    [
      'a type of event',
      changed('[payment.failed]', '[payment.faild]'),
      '6:15 rules[0].event.types[0]: is no type of event',
    ],
    [
      'a share of others',
      changed('[payment.succeeded, payment.failed]', '[payment.succeeded]'),
      '10:20 rules[0].event.share.of: lacks payment.failed',
    ],
    ['a test of nothing', changed(', above: 100 }', ' }'), '7:15 rules[0].event.where[0]: compares with nothing'],
    [
      'a name in a summary',
      changed('{{value}}', '{{valeu}}'),
      '4:14 rules[0].summary: names {{valeu}}, which is none of rule, severity,',
    ],
    ['a channel', changed('[telegram]', '[pager]'), '15:32 rules[0].escalation[1].notify[0]: Invalid option'],
    [
      'a step before the one above',
      changed('- notify: [log, log]', '- { after: 1h, notify: [log] }'),
      '15:18 rules[0].escalation[1].after: is before',
    ],
    [
      'a name that is taken',
      RULE + RULE.replace('rules:\n', ''),
      '17:11 rules[1].name: is the name of another rule: failures',
    ],
    [
      'nothing to look at',
      changed(/ {4}event:\n( {6}.*\n)+/, ''),
      '2:5 rules[0]: has to look at an event or at a metric',
    ],
    ['no rules', 'rules: []\n', '1:8 rules: Too small'],
    ['a text', 'nothing\n', '1:1: Invalid input: expected object'],
    ['an empty file', '', '1:1: Invalid input: expected object'],
    ['no YAML', changed('[telegram]', '[telegram'), '15:41: Flow sequence in block collection must be'],
    ['a field twice', changed('    for: 90s', '    for: 90s\n    for: 91s'), '13:5: Map keys must be unique'],
  ])('is refused by line and field for %s', (_, text, line) => {
    expect(faultsOf(text)[0]).toContain(`rules.yaml:${line}`)
  })

  it('is told all that is wrong with it, up to a bound', () => {
    expect(faultsOf(changed('critical', 'urgent').replace('window: 5m', 'window: x'))).toHaveLength(2)
    const rules = Array.from({ length: 60 }, (_, index) => `  - name: r${index}\n`).join('')
    expect(faultsOf(`rules:\n${rules}`)).toHaveLength(20)
  })

  it('is refused where its aliases multiply', () => {
    const nested = Array.from(
      { length: 9 },
      (_, n) =>
        `a${n}: &a${n} [${Array(9)
          .fill(n === 0 ? 'x' : `*a${n - 1}`)
          .join(', ')}]`,
    )
    expect(faultsOf(`${nested.join('\n')}\nrules: *a8\n`)[0]).toContain('Excessive alias count')
  })
})
