/**
 * The runs that a side of a comparison names, several separated by commas:
 *
 *     peak-20261125-230643-829     a run of this checkout, by its id
 *     ../elsewhere/load/peak-…     a run's folder
 *     peak@f481070                 all runs of the profile at that commit, of a clean checkout
 *     peak@f481070+                the same, of a checkout with changes
 *     peak                         all runs of the profile at the commit of its newest run
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { LoadError } from '../load-error.ts'
import { profileNamed } from '../profiles/index.ts'
import type { Summary } from '../report/summary-schema.ts'
import { readRun, type RunRecord, type Side } from './run-record.ts'

/** Of one side: more say no more, and their test takes longer. */
const MAX_RUNS = 50
const PROFILE_AT = /^([a-z-]+)(?:@([0-9a-f]{7,40})(\+?))?$/

/** @throws LoadError `no_run` · `invalid_option`, also when a run is on both sides */
export function findSides(a: string, b: string, state: string): { a: Side; b: Side } {
  const [inA, inB] = [findRuns(a, state), findRuns(b, state)]
  const idsOfA = new Set(inA.map(({ summary }) => summary.runId))
  const both = inB.find(({ summary }) => idsOfA.has(summary.runId))
  if (both !== undefined) throw new LoadError('invalid_option', `${both.summary.runId} is on both sides`)
  return { a: { name: a, runs: inA }, b: { name: b, runs: inB } }
}

/**
 * @param state  the folder below which `load/` and `load-elsewhere/` hold the runs
 * @throws LoadError `no_run`, `invalid_option`
 */
export function findRuns(side: string, state: string): RunRecord[] {
  const runs = side.split(',').flatMap((name) => runsNamed(name.trim(), state))
  const ids = runs.map(({ summary }) => summary.runId)
  const twice = ids.find((id, index) => ids.indexOf(id) < index)
  if (twice !== undefined) throw new LoadError('invalid_option', `${side}: ${twice} is named twice`)
  if (runs.length > MAX_RUNS)
    throw new LoadError('invalid_option', `${side}: ${runs.length} runs, at most ${MAX_RUNS} are compared`)
  return runs.toSorted((a, b) => a.summary.startedAt.localeCompare(b.summary.startedAt))
}

function runsNamed(name: string, state: string): RunRecord[] {
  const [, profile = '', hash, changed] = PROFILE_AT.exec(name) ?? []
  if (profileNamed(profile) !== undefined) return runsOfProfile(name, profile, state, hash, changed === '+')
  const folders = [...runFolders(state).map((folder) => join(folder, name)), resolve(name)]
  const folder = name === '' ? undefined : folders.find((path) => existsSync(path) && statSync(path).isDirectory())
  if (folder !== undefined) return [readRun(folder)]
  throw new LoadError('no_run', `there is no run ${name || '‘’'}`, {
    remedy: 'a run’s id or folder, or <profile>@<commit>',
  })
}

function runsOfProfile(
  name: string,
  profile: string,
  state: string,
  hash: string | undefined,
  isChanged: boolean,
): RunRecord[] {
  const runs = runFolders(state)
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder).map((id) => join(folder, id)) : []))
    // Ids begin with the profile's name, and a run that is under way has no summary yet.
    .filter((folder) => folder.includes(`/${profile}-`) && existsSync(join(folder, 'summary.json')))
    .map(readRun)
    .filter(({ summary }) => summary.profile === profile)
  const newest = runs.reduce<Summary | undefined>(
    (latest, { summary }) => (latest === undefined || summary.startedAt > latest.startedAt ? summary : latest),
    undefined,
  )
  const wanted = hash === undefined ? newest?.environment.commit : { hash, isChanged }
  const found = runs.filter(({ summary: { environment } }) => {
    const { commit } = environment
    if (wanted === undefined) return commit === undefined
    return commit?.hash.startsWith(wanted.hash) === true && commit.isChanged === wanted.isChanged
  })
  if (found.length > 0) return found
  throw new LoadError('no_run', `there is no run ${name} below ${state}`, { remedy: `npm run load -- ${profile}` })
}

const runFolders = (state: string): string[] => [join(state, 'load'), join(state, 'load-elsewhere')]
