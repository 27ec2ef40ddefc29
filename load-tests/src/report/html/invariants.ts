/** What `npm run verify` found, as a table. */
import { projectRoot } from '@paycluster/cluster/project-root'
import { describeRow } from '@paycluster/cluster/verify/report'
import type { Summary } from '../summary-schema.ts'
import { whole } from './figures.ts'
import { html, tableOf, type Markup } from './markup.ts'

type Invariant = NonNullable<Summary['verdict']['invariants']>[number]

const LOOKS: Readonly<Record<Invariant['state'], string>> = {
  ok: 'good',
  violated: 'bad',
  unchecked: 'bad',
  'not applicable': 'muted',
}

/** @param invariants  undefined in a summary from before they were kept */
export function invariantsTable(invariants: readonly Invariant[] = []): Markup | undefined {
  if (invariants.length === 0) return undefined
  const rows = invariants.map((invariant) => [
    html`<code>${invariant.id}</code>`,
    html`${invariant.title}${beneath(invariant).map((line) => html`<small class="note">${line}</small>`)}`,
    whole(invariant.checked),
    (invariant.durationMs / 1000).toFixed(2),
    html`<span class="badge ${LOOKS[invariant.state]}">${invariant.state}</span>`,
  ])
  return html`<h3>What the ledger, the cache, the replicas and the log hold</h3>
    ${tableOf(['invariant', 'what it says', 'checked', 'seconds', 'result'], rows)}`
}

/** Notes, and the first offenders. Files are named from the project's root. */
function beneath({ notes, violations, rows }: Invariant): string[] {
  const lines = notes.map((note) => note.replaceAll(`${projectRoot}/`, ''))
  if (violations === 0) return lines
  const counted = `${whole(violations)} in all${violations > rows.length ? ', the first:' : ':'}`
  return [...lines, counted, ...rows.map(describeRow)]
}
