import type { AlertChannel } from '@paycluster/contracts'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { RuleBook } from './rules/rule-book.ts'

const LATENCY_BUCKETS_S = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What alerts count. */
export class AlertMetrics {
  readonly #events: Counter<'outcome'>
  readonly #retries: Counter
  readonly #changes: Counter<'change'>
  readonly #attempts: Histogram<'channel' | 'outcome'>
  readonly #lookFailures: Counter

  constructor(registry: Registry, rules: Pick<RuleBook, 'current' | 'refused'>) {
    const registers = [registry]
    this.#events = new Counter({
      name: 'alert_listened_events_total',
      help: 'Events that were counted, had been counted already, are no rule’s business, or could not be read',
      labelNames: ['outcome'],
      registers,
    })
    this.#retries = new Counter({
      name: 'alert_counting_retries_total',
      help: 'Batches of events that had to be tried again',
      registers,
    })
    this.#changes = new Counter({
      name: 'alert_changes_total',
      help: 'Alerts that were raised or resolved, and notifications that were made',
      labelNames: ['change'],
      registers,
    })
    this.#attempts = new Histogram({
      name: 'alert_notification_seconds',
      help: 'Attempts at telling a channel, by what came of them',
      labelNames: ['channel', 'outcome'],
      buckets: LATENCY_BUCKETS_S,
      registers,
    })
    this.#lookFailures = new Counter({
      name: 'alert_look_failures_total',
      help: 'Looks at the cluster that could not be written down',
      registers,
    })
    new Gauge({
      name: 'alert_rules_refused',
      help: '1 while the file of rules cannot be used, and those before it are in force',
      registers,
      collect() {
        this.set(rules.refused === undefined ? 0 : 1)
      },
    })
    new Gauge({
      name: 'alert_rules_info',
      help: '1, with the version of the rules that are in force',
      labelNames: ['version'],
      registers,
      collect() {
        this.reset()
        this.set({ version: rules.current.version }, 1)
      },
    })
    for (const outcome of ['counted', 'repeated', 'ignored', 'unreadable']) this.#events.inc({ outcome }, 0)
    for (const change of ['raised', 'resolved', 'notified']) this.#changes.inc({ change }, 0)
  }

  listened(counts: Readonly<Record<'counted' | 'repeated' | 'ignored' | 'unreadable', number>>): void {
    for (const [outcome, count] of Object.entries(counts)) this.#events.inc({ outcome }, count)
  }

  retried(): void {
    this.#retries.inc()
  }

  changed(raised: number, resolved: number, notified: number): void {
    this.#changes.inc({ change: 'raised' }, raised)
    this.#changes.inc({ change: 'resolved' }, resolved)
    this.#changes.inc({ change: 'notified' }, notified)
  }

  attempted(channel: AlertChannel, outcome: 'delivered' | 'failed', durationMs: number): void {
    this.#attempts.observe({ channel, outcome }, durationMs / 1000)
  }

  lookFailed(): void {
    this.#lookFailures.inc()
  }
}
