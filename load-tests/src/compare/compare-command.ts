import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { layoutOf } from '@paycluster/cluster/layout'
import { loadSettings } from '@paycluster/cluster/settings/load-settings'
import type { Command } from 'commander'
import { writableFile } from '../settings/writable-file.ts'
import { compareSides } from './compare-sides.ts'
import { comparisonJson } from './comparison-json.ts'
import { findSides } from './find-runs.ts'
import { renderComparison } from './html/render-comparison.ts'
import { comparisonText } from './print-comparison.ts'

interface Options {
  readonly json?: string
  readonly html?: string
}

const SIDES = `
A side is one or more, separated by commas, of:
  <run id>               below .cluster/load
  <folder>               a run's, wherever it is
  <profile>@<commit>     all runs of the profile at the commit; with + at its end: with changes on top of it
  <profile>              all runs of the profile at the commit of its newest

  npm run load -- compare peak@f481070 peak
  npm run load -- compare peak-20261125-230430-658,peak-20261125-230643-829 /elsewhere/peak-20261120-101500-000`

/** `npm run load -- compare <a> <b>` */
export function registerCompare(load: Command): void {
  load
    .command('compare')
    .description('lay repeated runs of two sides side by side, and say which differences exceed the noise')
    .argument('<a>', 'the runs to compare with')
    .argument('<b>', 'the runs to be judged')
    .option('--json <file>', 'write the comparison there', writableFile)
    .option('--html <file>', 'where the page goes (default: below .cluster/comparisons)', writableFile)
    .addHelpText('after', SIDES)
    .action(compare)
}

function compare(a: string, b: string, { json, html }: Options): void {
  const { state } = layoutOf(loadSettings())
  const sides = findSides(a, b, state)
  const comparison = compareSides(sides.a, sides.b)
  const page = html ?? join(state, 'comparisons', `${new Date().toISOString().replace(/[-:Z]/g, '')}.html`)
  if (html === undefined) mkdirSync(dirname(page), { recursive: true, mode: 0o750 })
  writeFileSync(page, renderComparison(comparison))
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(comparisonJson(comparison), null, 2)}\n`)
  process.stdout.write(`${comparisonText(comparison, page)}\n`)
}
