/** The lower half of a report: what it cost, and where and how it was measured. */
import type { Calibration } from '../../usage/calibration.ts'
import type { Summary } from '../summary-schema.ts'
import { gigabytes, megabytes, percent, whole } from './figures.ts'
import { html, tableOf, type Markup } from './markup.ts'

export function usageSection({ usage }: Summary): Markup {
  if (usage === undefined)
    return html`<section aria-labelledby="cpu">
      <h2 id="cpu">CPU and memory</h2>
      <p>The cluster is known by its address alone: what it used cannot be seen.</p>
    </section>`
  const most = Math.max(...usage.tiers.map(({ cores }) => cores))
  const rows = usage.tiers.map(({ tier, cores, cpuS, microsPerUnit, unit, rssBytes }) => [
    tier,
    cores.toFixed(2),
    html`<meter min="0" max="${most}" value="${cores}"></meter>`,
    cpuS.toFixed(1),
    microsPerUnit === undefined ? '–' : whole(microsPerUnit),
    html`a ${unit}`,
    megabytes(rssBytes),
  ])
  const { busy, all } = usage.machineCores
  return html`<section aria-labelledby="cpu">
    <h2 id="cpu">CPU and memory</h2>
    ${tableOf(['tier', 'cores', '', 'CPU s', 'µs', 'for', 'MB'], rows)}
    <p>
      ${busy.toFixed(2)} of ${all} cores were busy, ${usage.otherCores.toFixed(2)} of them with what is no part of the
      run. Memory is resident, at the end; what processes of a tier share counts once.
    </p>
    ${
      usage.restarted.length === 0
        ? undefined
        : html`<p>Ended or started meanwhile, CPU unknown: ${usage.restarted.join(', ')}.</p>`
    }
  </section>`
}

export function generatorSection({ generator, calibration }: Summary): Markup {
  const { version, GOGC, GOMEMLIMIT, cores, shareOfBusy, delayMs } = generator
  const { before, after } = calibration
  return html`<section aria-labelledby="generator">
    <h2 id="generator">Generator and machine</h2>
    <dl class="facts">
      ${fact('k6', `${version}, GOGC=${GOGC} GOMEMLIMIT=${GOMEMLIMIT}`)}
      ${cores === undefined || shareOfBusy === undefined ? undefined : fact('its CPU', `${cores.toFixed(2)} cores, ${percent(shareOfBusy)} of all that was busy`)}
      ${delayMs === undefined ? undefined : fact('its own delay', `${delayMs.toFixed(1)} ms a turn of a user, beside request and pause`)}
      ${fact(
        'fixed work',
        calibrationText(before, after, ({ workMs }) => `${workMs.toFixed(1)} ms`),
      )}
      ${
        before.nginxPerS === undefined
          ? undefined
          : fact(
              'Nginx alone',
              calibrationText(before, after, ({ nginxPerS }) => `${whole(nginxPerS ?? 0)} req/s`),
            )
      }
    </dl>
    <p>
      Fixed work runs on every core at once, Nginx answers <code>return 200</code> with one worker; both before and
      after the load. Under Go’s default collector k6 would add its own pauses to every latency.
    </p>
  </section>`
}

const calibrationText = (
  before: Calibration,
  after: Calibration | undefined,
  text: (calibration: Calibration) => string,
): string => (after === undefined ? `${text(before)} before` : `${text(before)} before, ${text(after)} after`)

export function settingsSection({ workload, environment, profile, url, asDefined }: Summary): Markup {
  const { machine, commit, versions, settings } = environment
  return html`<section aria-labelledby="settings">
    <h2 id="settings">Settings</h2>
    <div class="columns">
      <div>
        <h3>Load</h3>
        <dl class="facts">
          ${fact('profile', asDefined ? profile : `${profile}, changed by options`)} ${fact('target', url)}
          ${facts(workload)}
        </dl>
      </div>
      <div>
        <h3>Machine and versions</h3>
        <dl class="facts">
          ${fact('CPU', `${machine.cpu}, ${machine.cores} cores`)} ${fact('memory', gigabytes(machine.memoryBytes))}
          ${fact('system', machine.system)}
          ${commit && fact('commit', commit.isChanged ? `${commit.hash} with changes` : commit.hash)}
          ${Object.entries(versions).map(([program, version]) => fact(program, version))}
        </dl>
      </div>
    </div>
    ${
      settings &&
      html`<details>
        <summary>Settings of the cluster</summary>
        <dl class="facts">${facts(settings)}</dl>
      </details>`
    }
  </section>`
}

const fact = (name: string, value: string): Markup =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`

/** Settings in groups become `group.setting`. */
function facts(settings: object, prefix = ''): Markup[] {
  return Object.entries(settings).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? facts(value, `${prefix}${name}.`)
      : [fact(prefix + name, typeof value === 'string' ? value : JSON.stringify(value))],
  )
}
