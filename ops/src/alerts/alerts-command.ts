import {
  ALERT_SEVERITIES,
  ALERT_STATES,
  type Alert,
  type AlertNotification,
  type AlertEvidence,
  type AlertRule,
  type AlertSeverity,
  type Silence,
} from '@paycluster/contracts'
import type { AlertFilter } from '@paycluster/client'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { connect } from '../connection.ts'
import { UsageError } from '../errors.ts'
import { isJson, limitOption, pageSizeOf, printJson, printList, printTable, type Column } from '../output.ts'

const labelsText = (labels: Readonly<Record<string, string>>): string | null =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ') || null

const ALERTS: readonly Column<Alert>[] = [
  { heading: 'ID', of: ({ id }) => id },
  { heading: 'STATE', of: ({ state, silenced_by }) => (silenced_by === null ? state : `${state}, silenced`) },
  { heading: 'SEVERITY', of: ({ severity }) => severity },
  { heading: 'RULE', of: ({ rule }) => rule },
  { heading: 'COUNT', of: ({ count }) => count },
  { heading: 'FIRED', of: ({ fired_at }) => fired_at },
  { heading: 'LAST', of: ({ last_at }) => last_at },
  { heading: 'SUMMARY', of: ({ summary }) => summary },
]
const NOTIFICATIONS: readonly Column<AlertNotification>[] = [
  { heading: 'NOTICE', of: ({ notice }) => notice },
  { heading: 'CHANNEL', of: ({ channel }) => channel },
  { heading: 'STATE', of: ({ state }) => state },
  { heading: 'ATTEMPTS', of: ({ attempts }) => attempts },
  { heading: 'MADE', of: ({ created_at }) => created_at },
  { heading: 'DONE', of: ({ finished_at }) => finished_at },
  { heading: 'ERROR', of: ({ error }) => error },
]
const EVIDENCE: readonly Column<AlertEvidence>[] = [
  { heading: 'EVIDENCE', of: ({ type }) => type },
  { heading: 'OF', of: ({ subject }) => subject },
  { heading: 'VALUE', of: ({ value }) => value },
  { heading: 'AT', of: ({ at }) => at },
]
const RULES: readonly Column<AlertRule>[] = [
  { heading: 'RULE', of: ({ name }) => name },
  { heading: 'SEVERITY', of: ({ severity }) => severity },
  { heading: 'FOR S', of: ({ for_s }) => for_s },
  { heading: 'GROUP BY', of: ({ group_by }) => group_by.join(', ') || null },
  { heading: 'TOLD', of: ({ escalation }) => escalation.map(toldText).join('; ') },
  { heading: 'CONDITION', of: ({ condition }) => condition },
]
const SILENCES: readonly Column<Silence>[] = [
  { heading: 'ID', of: ({ id }) => id },
  { heading: 'STATE', of: ({ state }) => state },
  { heading: 'RULE', of: ({ matcher }) => matcher.rule },
  { heading: 'SEVERITY', of: ({ matcher }) => matcher.severity },
  { heading: 'LABELS', of: ({ matcher }) => labelsText(matcher.labels) },
  { heading: 'UNTIL', of: ({ until }) => until },
  { heading: 'BY', of: ({ created_by }) => created_by.key_id },
  { heading: 'REASON', of: ({ reason }) => reason },
]

const toldText = ({ after_s, notify }: AlertRule['escalation'][number]): string =>
  after_s === 0 ? notify.join(', ') : `${notify.join(', ')} after ${after_s} s`

const severityOption = (): Option => new Option('--severity <severity>', 'of this one alone').choices(ALERT_SEVERITIES)

/** `ops alerts list | show | ack | rules | silence | silences | unsilence`. */
export function registerAlerts(ops: Command): void {
  const alerts = ops.command('alerts').description('alerts: what rules have found, and who is told')
  alerts
    .command('list')
    .description('alerts, newest first')
    .addOption(new Option('--state <state>', 'in this state alone').choices(ALERT_STATES))
    .option('--rule <name>', 'of this rule alone')
    .addOption(severityOption())
    .addOption(limitOption())
    .action(async ({ limit, ...filter }: AlertFilter & { limit: number }, command: Command) => {
      const found = connect(command).alerts.list({ ...filter, limit: pageSizeOf(limit) })
      await printList(command, found, ALERTS, limit)
    })
  alerts
    .command('show')
    .description('an alert with what it rests on, and who was told')
    .argument('<id>')
    .action(async (id: string, _options: unknown, command: Command) => {
      const alert = await connect(command).alerts.get(id)
      if (isJson(command)) {
        printJson(alert)
        return
      }
      const { evidence, notifications, labels, acknowledged, next_notice_at } = alert
      printTable(ALERTS, [alert])
      const by = acknowledged && `${acknowledged.by.key_id} at ${acknowledged.at}: ${acknowledged.comment ?? '-'}`
      process.stdout.write(
        `\nlabels        ${labelsText(labels) ?? '-'}\nacknowledged  ${by ?? '-'}\nnext notice   ${next_notice_at ?? '-'}\n\n`,
      )
      printTable(NOTIFICATIONS, notifications)
      process.stdout.write('\n')
      printTable(EVIDENCE, evidence)
    })
  alerts
    .command('ack')
    .description('take note of alerts: nobody is told of them again before they are over')
    .argument('<ids...>')
    .option('--comment <text>', 'is recorded')
    .action(async (ids: string[], { comment }: { comment?: string }, command: Command) => {
      const client = connect(command)
      const acknowledged: Alert[] = []
      for (const id of ids)
        acknowledged.push(await client.alerts.acknowledge(id, comment === undefined ? {} : { comment }))
      if (isJson(command)) printJson(acknowledged)
      else printTable(ALERTS, acknowledged)
    })
  alerts
    .command('rules')
    .description('the rules in force: exit code 1 if the file of rules as it is now was refused')
    .action(async (_options: unknown, command: Command) => {
      const rules = await connect(command).alerts.rules()
      const { file, version, loaded_at, channels, refused } = rules
      if (refused !== null) process.exitCode = 1
      if (isJson(command)) {
        printJson(rules)
        return
      }
      printTable(RULES, rules.rules)
      const told = channels.filter(({ is_configured }) => is_configured).map(({ name }) => name)
      process.stdout.write(
        `\n${file}, version ${version} of ${loaded_at}\nchannels that are configured: ${told.join(', ')}\n`,
      )
      for (const { line, column, field, detail } of refused?.faults ?? [])
        process.stdout.write(`refused: ${file}:${line}:${column} ${field}: ${detail}\n`)
    })
  registerSilences(alerts)
}

interface SilenceOptions {
  readonly rule?: string
  readonly severity?: AlertSeverity
  readonly label?: Readonly<Record<string, string>>
  readonly until?: string
  readonly minutes?: number
  readonly reason: string
}

const MINUTE_MS = 60_000

function registerSilences(alerts: Command): void {
  alerts
    .command('silence')
    .description('have nobody told of alerts for a while')
    .option('--rule <name>', 'of this rule')
    .addOption(severityOption())
    .option('--label <name=value>', 'with this label; again for another one', parseLabel)
    .option('--until <time>', 'RFC 3339')
    .option('--minutes <n>', 'from now', parseMinutes)
    .requiredOption('--reason <text>', 'is recorded')
    .action(async ({ rule, severity, label, until, minutes, reason }: SilenceOptions, command: Command) => {
      if ((until === undefined) === (minutes === undefined))
        throw new UsageError('say --until or --minutes, one of them')
      const end = until ?? new Date(Date.now() + (minutes ?? 0) * MINUTE_MS).toISOString()
      const silence = await connect(command).alerts.silence({
        matcher: { rule, severity, labels: label },
        until: end,
        reason,
      })
      if (isJson(command)) printJson(silence)
      else printTable(SILENCES, [silence])
    })
  alerts
    .command('silences')
    .description('silences, newest first')
    .option('--active', 'those alone that have not ended')
    .addOption(limitOption())
    .action(async ({ active, limit }: { active?: true; limit: number }, command: Command) => {
      const state = active === undefined ? {} : { state: 'active' as const }
      const found = connect(command).alerts.silences({ ...state, limit: pageSizeOf(limit) })
      await printList(command, found, SILENCES, limit)
    })
  alerts
    .command('unsilence')
    .description('end a silence: what it kept from being told is told now')
    .argument('<id>')
    .action(async (id: string, _options: unknown, command: Command) => {
      await connect(command).alerts.unsilence(id)
    })
}

function parseLabel(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('a label is name=value')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

function parseMinutes(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('a whole number of minutes')
}
