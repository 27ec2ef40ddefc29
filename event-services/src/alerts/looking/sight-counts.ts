/** What is seen of alerts on events that are open: whether their windows still hold what made them. */
import type { ClientBase } from 'pg'
import type { AlertRow } from '../book/alert-row.ts'
import { OTHERS } from '../book/alert-book.ts'
import type { Sighting } from '../book/sighting.ts'
import { countersOf, type Counter } from '../counting/counter.ts'
import { countsKey, readCounts } from '../counting/count-store.ts'
import { windowAt, type Bucket } from '../counting/window.ts'
import type { Rule } from '../rules/rule.ts'

/**
 * @param open  alerts that are not resolved, of any rules
 * @param mayEnd  whether all events until now have been counted
 * @throws DatabaseError
 */
export async function sightCounts(
  client: ClientBase,
  rules: readonly Rule[],
  open: readonly AlertRow[],
  mayEnd: boolean,
  nowMs: number,
): Promise<Sighting[]> {
  const counters = new Map(countersOf(rules).map((counter) => [counter.rule.name, counter] as const))
  const asked = open.flatMap((row) => {
    const counter = counters.get(row.rule)
    return counter === undefined ? [] : [{ counter, row }]
  })
  if (asked.length === 0) return []
  const counts = await readCounts(
    client,
    asked.map(({ counter, row }) => ({
      counter: counter.key,
      groupKey: row.group_key,
      fromMs: nowMs - counter.rule.condition.windowMs,
      toMs: nowMs,
    })),
  )
  return asked.map(({ counter, row }) =>
    sightingOf(counter, row, counts.get(countsKey(counter.key, row.group_key)) ?? [], mayEnd, nowMs),
  )
}

function sightingOf(
  { rule }: Counter,
  row: AlertRow,
  buckets: readonly Bucket[],
  mayEnd: boolean,
  nowMs: number,
): Sighting {
  const { condition } = rule
  const window = windowAt(condition, buckets, nowMs)
  // Of all others there are no counts: it is over when nothing has come for a whole window.
  const isOthers = row.group_key === OTHERS
  const holds = isOthers ? row.last_at.getTime() > nowMs - condition.windowMs : window.holds
  return {
    rule,
    labels: row.labels,
    groupKey: row.group_key,
    seen: { holds, sinceMs: nowMs, untilMs: nowMs, mayEnd },
    value: isOthers ? row.value : window.value,
    total: window.total,
    count: window.matched,
    added: 0,
    firstAtMs: row.first_at.getTime(),
    lastAtMs: row.last_at.getTime(),
    evidence: [],
  }
}
