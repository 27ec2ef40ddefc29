import {
  ANALYTICS_DIMENSIONS,
  ANALYTICS_GRANULARITIES,
  ANALYTICS_KINDS,
  type AnalyticsDimension,
  type AnalyticsGranularity,
  type AnalyticsKind,
  type AnalyticsRow,
} from '@paycluster/contracts'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { connect } from '../connection.ts'
import { isJson, printJson, printTable, type Column } from '../output.ts'
import { parseClient } from '../parse-client.ts'

interface Options {
  readonly granularity: AnalyticsGranularity
  readonly from?: string
  readonly to?: string
  readonly groupBy: readonly AnalyticsDimension[]
  readonly client?: number
  readonly merchant?: string
  readonly kind?: AnalyticsKind
  readonly currency?: string
}

/** Up to now, where nothing else is said. */
const DEFAULT_MS: Readonly<Record<AnalyticsGranularity, number>> = {
  minute: 3_600_000,
  hour: 86_400_000,
  day: 30 * 86_400_000,
}

const GROUPS: Readonly<Record<AnalyticsDimension, Column<AnalyticsRow>>> = {
  client: { heading: 'CLIENT', of: ({ client }) => client ?? null },
  merchant: { heading: 'MERCHANT', of: ({ merchant }) => merchant ?? null },
  kind: { heading: 'KIND', of: ({ kind }) => kind ?? null },
  state: { heading: 'STATE', of: ({ state }) => state ?? null },
  currency: { heading: 'CURRENCY', of: ({ currency }) => currency ?? null },
}
const FIGURES: readonly Column<AnalyticsRow>[] = [
  { heading: 'COUNT', of: ({ count }) => count },
  { heading: 'SUCCESS %', of: ({ success_share: share }) => (share === null ? null : (share * 100).toFixed(2)) },
  {
    heading: 'VOLUME',
    of: ({ volumes }) => volumes.map(({ currency, amount }) => `${amount} ${currency}`).join(', '),
  },
  { heading: 'P50 MS', of: ({ latency_ms }) => latency_ms?.p50 ?? null },
  { heading: 'P95 MS', of: ({ latency_ms }) => latency_ms?.p95 ?? null },
  { heading: 'P99 MS', of: ({ latency_ms }) => latency_ms?.p99 ?? null },
]

/** `ops analytics`: what was paid, by minute, hour or day. */
export function registerAnalytics(ops: Command): void {
  ops
    .command('analytics')
    .description('counts, volumes in minor units, success and latency, by minute, hour or day')
    .addOption(new Option('--granularity <of>', 'of a row').choices(ANALYTICS_GRANULARITIES).default('hour'))
    .option('--from <time>', 'RFC 3339 (default: an hour, a day or 30 days before the end)')
    .option('--to <time>', 'RFC 3339 (default: now)')
    .option('--group-by <what>', `of ${ANALYTICS_DIMENSIONS.join(', ')}, separated by commas`, parseGroups, [])
    .option('--client <id>', 'of this client alone', parseClient)
    .option('--merchant <account>', 'paid to this account alone')
    .addOption(new Option('--kind <kind>', 'of this kind alone').choices(ANALYTICS_KINDS))
    .option('--currency <code>', 'in this currency alone')
    .action(async ({ groupBy, from, to, ...filter }: Options, command: Command) => {
      const end = to ?? new Date().toISOString()
      const begin = from ?? new Date(Date.parse(end) - DEFAULT_MS[filter.granularity]).toISOString()
      const figures = await connect(command).analytics.read({ ...filter, from: begin, to: end, group_by: groupBy })
      if (isJson(command)) {
        printJson(figures)
        return
      }
      const columns = ANALYTICS_DIMENSIONS.filter((dimension) => groupBy.includes(dimension)).map((of) => GROUPS[of])
      printTable([{ heading: 'FROM', of: ({ at }: AnalyticsRow) => at }, ...columns, ...FIGURES], figures.data)
      process.stdout.write(`as of ${figures.as_of ?? 'some time: Kafka does not say how far it is'}\n`)
    })
}

const isDimension = (text: string): text is AnalyticsDimension =>
  (ANALYTICS_DIMENSIONS as readonly string[]).includes(text)

function parseGroups(text: string): AnalyticsDimension[] {
  return text.split(',').map((part) => {
    if (isDimension(part)) return part
    throw new InvalidArgumentError(`${part} is none of ${ANALYTICS_DIMENSIONS.join(', ')}`)
  })
}
