/** Watches how fast the workers post what is on the log, by the ledger's own offsets: twelve rows a look. */
import { setTimeout as sleep } from 'node:timers/promises'
import { COMMANDS_TOPIC } from '@paycluster/contracts'
import type pg from 'pg'
import { LoadError } from '../../load-error.ts'

/** One look at the ledger. */
export interface Look {
  readonly atMs: number
  /** Commands whose effects the ledger holds, since ever. */
  readonly posted: number
}

const LOOK_EVERY_MS = 50
const GIVE_UP_AFTER_MS = 60_000

/** Commands that the ledger holds the effects of. */
export async function postedCommands(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ posted: string }>(
    'SELECT coalesce(sum(next_offset), 0) AS posted FROM ledger_offsets WHERE topic = $1',
    [COMMANDS_TOPIC],
  )
  return Number(rows[0]?.posted ?? 0)
}

/**
 * Looks until the ledger holds `end` commands. The first look is the last one before anything was posted.
 *
 * @param end  the sum of the log's end offsets
 * @param onFirst  called when something was posted
 * @throws LoadError `unsettled` when nothing moved for a minute
 */
export async function watchDrain(
  client: pg.Client,
  end: number,
  stop: AbortSignal,
  onFirst: () => void,
): Promise<Look[]> {
  const looks: Look[] = [{ atMs: performance.now(), posted: await postedCommands(client) }]
  let movedAtMs = performance.now()
  for (;;) {
    stop.throwIfAborted()
    const last = looks.at(-1)
    if (last !== undefined && last.posted >= end) return looks
    await sleep(LOOK_EVERY_MS)
    const look = { atMs: performance.now(), posted: await postedCommands(client) }
    if (look.posted !== last?.posted) movedAtMs = look.atMs
    else if (look.atMs - movedAtMs > GIVE_UP_AFTER_MS)
      throw new LoadError('unsettled', `the workers stopped ${end - look.posted} commands before the end of the log`)
    // Until something is posted, the clock has not begun.
    if (looks.length === 1 && look.posted === last?.posted) looks.pop()
    else if (looks.length === 1) onFirst()
    looks.push(look)
  }
}

export interface DrainRate {
  /** From the last look before the first post to the first look with everything posted. */
  readonly elapsedS: number
  /** The slowest, the middle and the fastest whole second, in commands. */
  readonly perSecond: { readonly min: number; readonly median: number; readonly max: number }
}

/** Pure. */
export function rateOf(looks: readonly Look[]): DrainRate {
  const fromMs = looks[0]?.atMs ?? 0
  const elapsedMs = (looks.at(-1)?.atMs ?? 0) - fromMs
  const postedAt = (atMs: number): number => {
    const after = looks.findIndex((look) => look.atMs >= atMs)
    const [a, b] = [looks[Math.max(after - 1, 0)], looks[after]]
    if (a === undefined || b === undefined || a === b) return b?.posted ?? 0
    return a.posted + ((b.posted - a.posted) * (atMs - a.atMs)) / (b.atMs - a.atMs)
  }
  const seconds = Array.from({ length: Math.floor(elapsedMs / 1000) }, (_, second) =>
    Math.round(postedAt(fromMs + (second + 1) * 1000) - postedAt(fromMs + second * 1000)),
  ).sort((a, b) => a - b)
  const at = (share: number): number => seconds[Math.floor((seconds.length - 1) * share)] ?? 0
  return { elapsedS: elapsedMs / 1000, perSecond: { min: at(0), median: at(0.5), max: at(1) } }
}
