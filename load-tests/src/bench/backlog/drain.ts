/** Watches how fast the workers get through a backlog: a look at a count, twenty times a second. */
import { setTimeout as sleep } from 'node:timers/promises'
import { COMMANDS_TOPIC } from '@paycluster/contracts'
import type pg from 'pg'
import { LoadError } from '../../load-error.ts'

/** One look at the count. */
export interface Look {
  readonly atMs: number
  /** Since ever. */
  readonly done: number
}

const LOOK_EVERY_MS = 50
const GIVE_UP_AFTER_MS = 60_000

/** Commands that the ledger holds the effects of, by its own offsets: twelve rows. */
export async function postedCommands(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ posted: string }>(
    'SELECT coalesce(sum(next_offset), 0) AS posted FROM ledger_offsets WHERE topic = $1',
    [COMMANDS_TOPIC],
  )
  return Number(rows[0]?.posted ?? 0)
}

/**
 * Looks until `end` is reached. The first look is the last one before anything was done.
 *
 * @param count  what is done by now, such as {@link postedCommands}
 * @param onFirst  called when something was done
 * @throws LoadError `unsettled` when nothing moved for a minute
 */
export async function watchDrain(
  count: () => Promise<number>,
  end: number,
  stop: AbortSignal,
  onFirst: () => void = () => undefined,
): Promise<Look[]> {
  const looks: Look[] = [{ atMs: performance.now(), done: await count() }]
  let movedAtMs = performance.now()
  for (;;) {
    stop.throwIfAborted()
    const last = looks.at(-1)
    if (last !== undefined && last.done >= end) return looks
    await sleep(LOOK_EVERY_MS)
    const look = { atMs: performance.now(), done: await count() }
    if (look.done !== last?.done) movedAtMs = look.atMs
    else if (look.atMs - movedAtMs > GIVE_UP_AFTER_MS)
      throw new LoadError('unsettled', `the workers stopped ${end - look.done} before the end`)
    // Until something is done, the clock has not begun.
    if (looks.length === 1 && look.done === last?.done) looks.pop()
    else if (looks.length === 1) onFirst()
    looks.push(look)
  }
}

export interface DrainRate {
  /** From the last look before anything was done to the first look with everything done. */
  readonly elapsedS: number
  /** The slowest, the middle and the fastest whole second, in what is counted. */
  readonly perSecond: { readonly min: number; readonly median: number; readonly max: number }
}

/** Pure. */
export function rateOf(looks: readonly Look[]): DrainRate {
  const fromMs = looks[0]?.atMs ?? 0
  const elapsedMs = (looks.at(-1)?.atMs ?? 0) - fromMs
  const doneAt = (atMs: number): number => {
    const after = looks.findIndex((look) => look.atMs >= atMs)
    const [a, b] = [looks[Math.max(after - 1, 0)], looks[after]]
    if (a === undefined || b === undefined || a === b) return b?.done ?? 0
    return a.done + ((b.done - a.done) * (atMs - a.atMs)) / (b.atMs - a.atMs)
  }
  const seconds = Array.from({ length: Math.floor(elapsedMs / 1000) }, (_, second) =>
    Math.round(doneAt(fromMs + (second + 1) * 1000) - doneAt(fromMs + second * 1000)),
  ).sort((a, b) => a - b)
  const at = (share: number): number => seconds[Math.floor((seconds.length - 1) * share)] ?? 0
  return { elapsedS: elapsedMs / 1000, perSecond: { min: at(0), median: at(0.5), max: at(1) } }
}
