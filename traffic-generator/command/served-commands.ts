/** Commands for a generator that is served: a node of the cluster, a container, or `traffic serve`. */
import { table } from '@paycluster/cluster/commands/table'
import { runReportSchema, type RunReport } from '@paycluster/traffic-generator/runs/run-report'
import type { Mix } from '@paycluster/traffic-generator/scenario/scenario'
import { SHIPPED } from '@paycluster/traffic-generator/scenario/scenario-files'
import type { Command } from 'commander'
import { addServerOption, serverUrl } from './connection.ts'
import { ServedError, UsageError } from './errors.ts'
import { reportText } from './report.ts'
import { addChangeOptions, mixOption, rateOption, readScenarioFile, type ChangeOptions } from './scenario-argument.ts'

const TIMEOUT_MS = 30_000

interface ServedOptions {
  readonly server?: string
  readonly json?: true
}

export function registerServed(traffic: Command): void {
  const served = (name: string, description: string): Command =>
    addServerOption(traffic.command(name).description(description)).option('--json', 'for programs: JSON')

  served('scenarios', 'those that can be started by name').action(async (options: ServedOptions) => {
    const { data } = (await ask(options, 'GET', '/v1/scenarios')) as { data: ScenarioLine[] }
    print(options, data, () => scenarioTable(data))
  })

  addChangeOptions(served('start', 'start a run').argument('<scenario>', 'a name, or a file')).action(
    async (named: string, { server, json, ...change }: ServedOptions & ChangeOptions) => {
      const scenario = SHIPPED.some((name) => name === named) ? named : readScenarioFile(named)
      const options = { ...(server === undefined ? {} : { server }), ...(json === undefined ? {} : { json }) }
      const report = reportOf(await ask(options, 'POST', '/v1/runs', { scenario, ...change }))
      print(options, report, () => report.id)
    },
  )

  served('change', 'change the rate or the mix of a run, from now on')
    .argument('<run>')
    .addOption(rateOption())
    .addOption(mixOption())
    .action(async (id: string, { rate, mix, ...options }: ServedOptions & { rate?: number; mix?: Mix }) => {
      if (rate === undefined && mix === undefined) throw new UsageError('neither --rate nor --mix')
      const report = reportOf(await ask(options, 'PATCH', pathOf(id), { rate, mix }))
      print(options, report, () => `${report.id}: ${report.rate} acts a second`)
    })

  served('stop', 'end a run in order')
    .argument('<run>')
    .action(async (id: string, options: ServedOptions) => {
      const report = reportOf(await ask(options, 'POST', `${pathOf(id)}/stop`))
      print(options, report, () => `${report.id}: ${report.state}`)
    })

  served('status', 'what a run has done, or all that are known')
    .argument('[run]')
    .action(async (id: string | undefined, options: ServedOptions) => {
      if (id === undefined) {
        const { data } = (await ask(options, 'GET', '/v1/runs')) as { data: unknown[] }
        const reports = data.map(reportOf)
        print(options, reports, () => runsTable(reports))
        return
      }
      const report = reportOf(await ask(options, 'GET', pathOf(id)))
      print(options, report, () => reportText(report))
    })

  served('labels', 'what of a run was suspicious, as JSON lines')
    .argument('<run>')
    .action(async (id: string, options: ServedOptions) => {
      process.stdout.write(await askText(options, 'GET', `${pathOf(id)}/labels`))
    })
}

interface ScenarioLine {
  readonly name: string
  readonly description: string
  readonly duration_s: number
  readonly peak_rate: number
}

const scenarioTable = (scenarios: readonly ScenarioLine[]): string =>
  table(
    ['NAME', 'SECONDS', 'RATE', 'DESCRIPTION'],
    scenarios.map((one) => [one.name, String(one.duration_s), String(one.peak_rate), one.description]),
  )

const runsTable = (reports: readonly RunReport[]): string =>
  table(
    ['ID', 'SCENARIO', 'STATE', 'SENT', 'RATE', 'SKIPPED', 'UNEXPECTED'],
    reports.map((one) => [
      one.id,
      one.scenario,
      one.state,
      ...[one.sent, one.rate_reached.overall, one.skipped, one.unexpected].map(String),
    ]),
  )

const pathOf = (id: string): string => `/v1/runs/${encodeURIComponent(id)}`

function print({ json }: ServedOptions, value: unknown, text: () => string): void {
  process.stdout.write(`${json === true ? JSON.stringify(value, null, 2) : text()}\n`)
}

function reportOf(value: unknown): RunReport {
  const parsed = runReportSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new ServedError('something else is at this address', false)
}

async function ask(options: ServedOptions, method: string, path: string, body?: object): Promise<unknown> {
  const text = await askText(options, method, path, body)
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new ServedError('something else is at this address', false)
  }
}

/** @throws ServedError */
async function askText(options: ServedOptions, method: string, path: string, body?: object): Promise<string> {
  const url = serverUrl(options)
  let response: Response
  try {
    response = await fetch(url + path, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  } catch {
    throw new ServedError(
      `no generator answers at ${url}: set counts.trafficGenerator to 1, or run npm run traffic -- serve`,
      false,
    )
  }
  const text = await response.text()
  if (response.ok) return text
  throw new ServedError(problemText(response.status, text), response.status < 500)
}

interface ProblemText {
  readonly code?: string
  readonly detail?: string
  readonly errors?: readonly { readonly pointer?: string; readonly detail?: string; readonly line?: number }[]
}

function problemText(status: number, text: string): string {
  try {
    const { code = '', detail = '', errors = [] } = JSON.parse(text) as ProblemText
    // A scenario's faults are in its detail, with their lines.
    const fields = code === 'invalid_scenario' ? [] : errors.map((one) => `${one.pointer ?? ''} ${one.detail ?? ''}`)
    return [`${code}: ${detail}`, ...fields].join('\n  ')
  } catch {
    return `something else is at this address: status ${status}`
  }
}
