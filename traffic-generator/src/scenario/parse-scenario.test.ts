import { describe, expect, it } from '@jest/globals'
import { parseScenarioObject, parseScenarioText, ScenarioError, type ScenarioFault } from './parse-scenario.ts'

const GOOD = `name: a-test
duration: 90s
rate: 2.5
mix: { payment: 3, balance: 1 }
patterns:
  - label: velocity
    at: [1s, 20s]
    payments: 5
`

function faultsOf(text: string): readonly ScenarioFault[] {
  try {
    parseScenarioText(text, 'a.yaml')
  } catch (error) {
    if (error instanceof ScenarioError) return error.faults
    throw error
  }
  return []
}

/** The scenario with one line in another's place. */
const withLine = (line: number, text: string): string =>
  GOOD.split('\n')
    .map((was, index) => (index === line - 1 ? text : was))
    .join('\n')

describe('a scenario', () => {
  it('is read, with times in milliseconds and defaults for what it leaves out', () => {
    expect(parseScenarioText(GOOD, 'a.yaml')).toMatchObject({
      name: 'a-test',
      duration: 90_000,
      rate: 2.5,
      mix: { payment: 3, balance: 1, hold: 0, block: 0 },
      amounts: { min: 100, max: 50_000 },
      phases: [],
      patterns: [{ label: 'velocity', at: [1000, 20_000], within: 10_000, payments: 5 }],
    })
  })

  it.each<[string, string, Partial<ScenarioFault>]>([
    ['a time that is none', withLine(2, 'duration: soon'), { pointer: '/duration', line: 2, column: 1 }],
    [
      'a time past its bound',
      withLine(2, 'duration: 25h'),
      { pointer: '/duration', line: 2, detail: 'must be 1s to 24h' },
    ],
    ['a rate past its bound', withLine(3, 'rate: 1001'), { pointer: '/rate', line: 3, column: 1 }],
    ['a rate that is text', withLine(3, 'rate: fast'), { pointer: '/rate', line: 3 }],
    [
      'an act that is not known',
      withLine(4, 'mix: { payment: 1, theft: 2 }'),
      { pointer: '/mix/theft', line: 4, column: 20 },
    ],
    ['a mix of nothing', withLine(4, 'mix: { payment: 0 }'), { pointer: '/mix', line: 4 }],
    ['a pattern that is not known', withLine(6, '  - label: theft'), { pointer: '/patterns/0/label', line: 6 }],
    [
      'a size past its bound',
      withLine(8, '    payments: 101'),
      { pointer: '/patterns/0/payments', line: 8, column: 5 },
    ],
    ['a field of another pattern', withLine(8, '    cards: 5'), { pointer: '/patterns/0/cards', line: 8, column: 5 }],
    ['a pattern without a time', withLine(7, '    within: 5s'), { pointer: '/patterns/0/at', line: 6 }],
    [
      'a pattern that ends after the scenario',
      withLine(7, '    at: [1s, 85s]'),
      { pointer: '/patterns/0/at/1', line: 7, column: 14 },
    ],
    ['a field that is not known', `${GOOD}colour: red\n`, { pointer: '/colour', line: 9, column: 1 }],
    ['a missing field', withLine(3, ''), { pointer: '/rate', line: 1 }],
    ['a field that comes twice', `${GOOD}rate: 3\n`, { line: 9, detail: 'Map keys must be unique' }],
    ['broken YAML', withLine(4, 'mix: { payment: 1'), { line: 5 }],
    ['a tag that makes something else of a value', withLine(1, 'name: !!js/function x'), { line: 1 }],
    ['an alias of nothing', withLine(3, 'rate: *speed'), { line: 3 }],
    ['phases that are longer than it', `${GOOD}phases: [{ name: a, duration: 2m }]\n`, { pointer: '/phases', line: 9 }],
    ['no text at all', '', { pointer: '', line: 1 }],
    ['too much text', `# ${'x'.repeat(70_000)}`, { detail: 'is more than 65536 bytes' }],
  ])('with %s is refused with its line and field', (_what, text, fault) => {
    expect(faultsOf(text)).toContainEqual(expect.objectContaining(fault))
  })

  it('names file, line and field in its message', () => {
    expect(() => parseScenarioText(withLine(3, 'rate: -1'), 'a.yaml')).toThrow(/^a\.yaml:3:1: \/rate /)
  })

  it('takes no aliases that multiply', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (let level = 1; level < 8; level += 1) {
      const [name, of] = [String.fromCharCode(97 + level), String.fromCharCode(96 + level)]
      bomb.push(`${name}: &${name} [${new Array(9).fill(`*${of}`).join(', ')}]`)
    }
    expect(faultsOf(bomb.join('\n'))).toMatchObject([{ detail: expect.stringContaining('alias') }])
  })

  it('of JSON is refused by its fields', () => {
    const text = { name: 'a', duration: '5s', rate: 1, mix: { payment: 1 } }
    expect(parseScenarioObject(text, 'scenario').duration).toBe(5000)
    expect(() => parseScenarioObject({ ...text, rate: 2e9 }, 'scenario')).toThrow(/^scenario: \/rate /)
  })
})
