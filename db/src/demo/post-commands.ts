/** Puts commands on the log and waits until the ledger has them. */
import { setTimeout as sleep } from 'node:timers/promises'
import { COMMANDS_TOPIC } from '@paycluster/contracts'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import type { Producer } from 'kafkajs'
import type { DataSource } from 'typeorm'
import { partitionKey, type DemoCommand } from './demo-commands.ts'

const COMMANDS_PER_SEND = 500
/** Waited for together: bounds the queries that look for them. */
const COMMANDS_PER_ROUND = 10_000
const ALL_IN_SYNC_REPLICAS = -1
const POLL_INTERVAL_MS = 50
/** The worker takes some seconds to join its group; 500 commands take it 0.03 s. */
const STALLED_AFTER_MS = 60_000

/** The ledger took none of the commands for a while, or refused one. */
export class CommandsNotPostedError extends Error {
  readonly code = 'commands_not_posted'
}

/**
 * Sends the commands that the ledger does not have yet, and returns when it has all of them. They must not depend on each
 * other: partitions are read in no common order.
 *
 * @throws CommandsNotPostedError when nothing moves for a minute, or a payment failed
 */
export async function postCommands(
  source: DataSource,
  producer: Producer,
  commands: readonly DemoCommand[],
): Promise<void> {
  for (let from = 0; from < commands.length; from += COMMANDS_PER_ROUND) {
    const round = commands.slice(from, from + COMMANDS_PER_ROUND)
    const missing = await withoutPosted(source, round)
    for (let at = 0; at < missing.length; at += COMMANDS_PER_SEND) {
      const messages = missing
        .slice(at, at + COMMANDS_PER_SEND)
        .map((command) => ({ key: partitionKey(command), value: JSON.stringify(command) }))
      await producer.send({ topic: COMMANDS_TOPIC, acks: ALL_IN_SYNC_REPLICAS, messages })
    }
    await untilPosted(source, missing)
    await refuseFailed(source, round)
  }
}

async function untilPosted(source: DataSource, commands: readonly DemoCommand[]): Promise<void> {
  let missing = commands
  let movedAtMs = performance.now()
  while (missing.length > 0) {
    const rest = await withoutPosted(source, missing)
    if (rest.length < missing.length) movedAtMs = performance.now()
    else if (performance.now() - movedAtMs > STALLED_AFTER_MS) {
      throw new CommandsNotPostedError(
        `the ledger lacks ${rest.length} commands and took none for ${STALLED_AFTER_MS / 1000} s: does payment-worker run?`,
      )
    }
    missing = rest
    if (missing.length > 0) await sleep(POLL_INTERVAL_MS)
  }
}

async function withoutPosted(source: DataSource, commands: readonly DemoCommand[]): Promise<readonly DemoCommand[]> {
  if (commands.length === 0) return []
  const rows = await source.query<{ id: string }[]>(
    `SELECT replace(id::text, '-', '') AS id FROM accounts WHERE id = ANY ($1::uuid[])
     UNION ALL
     SELECT replace(id::text, '-', '') FROM payments WHERE id = ANY ($1::uuid[])`,
    [commands.map(({ id }) => idToUuid(id))],
  )
  const posted = new Set(rows.map(({ id }) => id))
  return commands.filter(({ id }) => !posted.has(idToUuid(id)))
}

async function refuseFailed(source: DataSource, commands: readonly DemoCommand[]): Promise<void> {
  const [failed] = await source.query<{ failure: string; count: number }[]>(
    `SELECT min(failure) AS failure, count(*)::int AS count FROM payments
     WHERE id = ANY ($1::uuid[]) AND status = 'failed'`,
    [commands.map(({ id }) => idToUuid(id))],
  )
  if (failed === undefined || failed.count === 0) return
  throw new CommandsNotPostedError(`${failed.count} demo payments failed: ${failed.failure}`)
}
