/**
 * Looks at the cluster again and again: what rules on metrics say, which alerts are over, who is to be told next. Of several
 * processes one has the turn.
 */
import type { Pool } from 'pg'
import { ALERTS_GROUP, type ClusterState } from '@paycluster/contracts'
import type { Logger } from '@paycluster/platform/logging'
import { repeat } from '@paycluster/platform/work/repeat'
import type { ClusterObserver } from '../../cluster/cluster-observer.ts'
import type { AlertMetrics } from '../alert-metrics.ts'
import type { AlertBook, AlertTurn } from '../book/alert-book.ts'
import type { AlertRow } from '../book/alert-row.ts'
import { isMetricRule, type Rule } from '../rules/rule.ts'
import type { RuleSet } from '../rules/rule-book.ts'
import type { Standstill } from './standstill.ts'
import { sightCounts } from './sight-counts.ts'
import { sightMetric } from './sight-metric.ts'

/** Events that are on their way at any load that is kept up with: with more than these, some of a window may be missing. */
const MAX_BEHIND = 1_000
/** Timers are not exact: a turn that is due within so much of the interval is due. */
const EARLY = 0.9
const TAKE_TURN = {
  name: 'take-alert-turn',
  text: `INSERT INTO alert_looks AS l (name, looked_at) VALUES ('cluster', clock_timestamp())
         ON CONFLICT (name) DO UPDATE SET looked_at = excluded.looked_at
         WHERE l.looked_at <= excluded.looked_at - $1 * interval '1 millisecond'
         RETURNING name`,
}

export interface WatchParts {
  readonly book: Pick<AlertBook, 'inTurn'>
  readonly rules: () => RuleSet
  readonly observer: Pick<ClusterObserver, 'state'>
  /** To the primary; what is written there need not be on a disk. */
  readonly pool: Pool
  readonly standstill: Standstill
  /** There is something to tell or to publish. */
  readonly nudge: () => void
  readonly metrics: AlertMetrics
  readonly logger: Logger
  readonly intervalMs: number
}

export class Watch {
  readonly #parts: WatchParts
  readonly #stop = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(parts: WatchParts) {
    this.#parts = parts
  }

  start(): void {
    const { metrics, logger, standstill, intervalMs } = this.#parts
    this.#running = repeat(() => this.#lookInTurn(), {
      signal: this.#stop.signal,
      restMs: intervalMs,
      onError: async (error) => {
        metrics.lookFailed()
        logger.warn({ err: error }, 'could not look after alerts')
        await standstill.lasts(error)
      },
    })
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  /** @throws DatabaseError */
  async look(): Promise<void> {
    const { book, observer, rules: current, nudge } = this.#parts
    const state = await observer.state()
    const { rules } = current()
    const hasNews = await book.inTurn(async (turn) => {
      await seeAll(turn, rules, state)
      await turn.giveNotices()
      return turn.hasNews
    })
    if (hasNews) nudge()
  }

  async #lookInTurn(): Promise<void> {
    const { pool, standstill, intervalMs } = this.#parts
    const { rowCount } = await pool.query({ ...TAKE_TURN, values: [intervalMs * EARLY] })
    if (rowCount === 1) await this.look()
    await standstill.ended()
  }
}

/** @throws DatabaseError */
async function seeAll(turn: AlertTurn, rules: readonly Rule[], state: ClusterState): Promise<void> {
  const open = [...(await turn.open()).values()]
  const names = new Set(rules.map(({ name }) => name))
  // Of a rule that is not there any more nothing is known.
  for (const row of open.filter(({ rule }) => !names.has(rule))) await turn.resolve(row)
  for (const rule of rules.filter(isMetricRule))
    for (const sighting of sightMetric(rule, state, openOf(open, rule), turn.nowMs)) await turn.see(sighting)
  const behind = state.groups?.find(({ group }) => group === ALERTS_GROUP)?.lag ?? Infinity
  for (const sighting of await sightCounts(turn.client, rules, open, behind <= MAX_BEHIND, turn.nowMs))
    await turn.see(sighting)
}

const openOf = (open: readonly AlertRow[], { name }: Rule): AlertRow[] => open.filter(({ rule }) => rule === name)
