import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { findRuns, findSides } from './find-runs.ts'
import { PEAK, peakWith } from './test/peak-run.ts'

const OLD = 'a'.repeat(40)
const NEW = 'b'.repeat(40)

describe('the runs that a side names', () => {
  let state: string
  const write = (id: string, hash: string, isChanged: boolean, startedAt: string): void => {
    const folder = join(state, 'load', id)
    mkdirSync(folder, { recursive: true })
    const environment = { ...PEAK.summary.environment, commit: { hash, isChanged } }
    const { summary } = peakWith({ runId: id, startedAt, environment })
    writeFileSync(join(folder, 'summary.json'), JSON.stringify(summary))
  }
  const idsOf = (side: string) => findRuns(side, state).map(({ summary }) => summary.runId)

  beforeAll(() => {
    state = mkdtempSync(join(tmpdir(), 'paycluster-compare-'))
    write('peak-1', OLD, false, '2026-11-25T10:00:00.000Z')
    write('peak-2', OLD, false, '2026-11-25T11:00:00.000Z')
    write('peak-3', OLD, true, '2026-11-25T12:00:00.000Z')
    write('peak-4', NEW, false, '2026-11-25T13:00:00.000Z')
    write('peak-5', NEW, false, '2026-11-25T14:00:00.000Z')
    mkdirSync(join(state, 'load', 'peak-under-way'))
    mkdirSync(join(state, 'load', 'peak-broken'))
  })
  afterAll(() => {
    rmSync(state, { recursive: true, force: true })
  })

  it.each([
    ['an id', 'peak-3', ['peak-3']],
    ['several, in the order of their starts', 'peak-4, peak-1', ['peak-1', 'peak-4']],
    ['a profile at a commit', 'peak@aaaaaaa', ['peak-1', 'peak-2']],
    ['a profile at a commit with changes', 'peak@aaaaaaa+', ['peak-3']],
    ['a profile, at the commit of its newest run', 'peak', ['peak-4', 'peak-5']],
  ])('%s', (_, side, ids) => {
    expect(idsOf(side)).toEqual(ids)
  })

  it('a folder', () => {
    expect(idsOf(join(state, 'load', 'peak-2'))).toEqual(['peak-2'])
  })

  it.each([
    ['nothing', '', 'there is no run'],
    ['a run that is not there', 'peak-9', 'there is no run peak-9'],
    ['one that is not there, among others', 'peak-1,peak-9', 'there is no run peak-9'],
    ['a commit without runs', 'peak@ccccccc', 'there is no run peak@ccccccc'],
    ['a profile without runs', 'soak', 'there is no run soak'],
    ['one run twice', 'peak-1,peak@aaaaaaa', 'peak-1 is named twice'],
    ['a run that did not end', 'peak-under-way', 'holds no summary.json: the run did not end'],
  ])('are refused in one line: %s', (_, side, message) => {
    expect(() => findRuns(side, state)).toThrow(message)
  })

  it('are those of one side only', () => {
    const { a, b } = findSides('peak@aaaaaaa', 'peak', state)
    expect([a.name, b.name]).toEqual(['peak@aaaaaaa', 'peak'])
    expect(() => findSides('peak@aaaaaaa', 'peak-4,peak-2', state)).toThrow('peak-2 is on both sides')
  })

  it('are refused when their summary is of another shape, with where', () => {
    writeFileSync(join(state, 'load', 'peak-broken', 'summary.json'), '{"schema": 2}')
    expect(() => findRuns('peak-broken', state)).toThrow(/summary\.json is none that this suite understands: schema/)
    writeFileSync(join(state, 'load', 'peak-broken', 'summary.json'), 'nothing')
    expect(() => findRuns('peak-broken', state)).toThrow(/understands: .*JSON/)
    rmSync(join(state, 'load', 'peak-broken', 'summary.json'))
  })
})
