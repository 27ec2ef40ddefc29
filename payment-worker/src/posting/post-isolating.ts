/**
 * Posts a batch, and finds the command that it cannot hold.
 *
 * A command that no decision foresaw (a client that does not exist, a value that the schema refuses) fails its whole
 * transaction. The batch is then halved until the command stands alone: the others are posted, it is given up, and no
 * partition is blocked. 500 commands with one such take ten transactions.
 */
import type { Batch, Poster, RefusedBatch } from './post-batch.ts'
import type { AtomicGroup, BatchCommand } from './batch-command.ts'
import type { PostedBatch } from './posted-batch.ts'
import { classify } from './posting-errors.ts'

export interface IsolatedBatch {
  readonly posted: readonly PostedBatch[]
  readonly poison: readonly { readonly command: BatchCommand; readonly error: Error }[]
}

/** Commands in one transaction: messages are bounded by the transport, but one may hold hundreds of payments. */
const MAX_COMMANDS = 1000

/** @throws what {@link classify} sorts as an outage or as contention: nothing that a command is at fault for */
export async function postIsolating(poster: Poster, batch: Batch): Promise<IsolatedBatch | RefusedBatch> {
  const [head, tail] = halvesOf(batch.commands)
  if (batch.commands.length > MAX_COMMANDS && tail.length > 0) return postBoth(poster, batch, head, tail)
  try {
    const result = await poster.post(batch)
    return 'refused' in result ? result : { posted: [result], poison: [] }
  } catch (error) {
    if (classify(error) !== 'poison') throw error
    if (tail.length > 0) return postBoth(poster, batch, head, tail)
    const cause = error instanceof Error ? error : new Error(String(error))
    return giveUp(poster, batch, cause)
  }
}

/** The offsets move with the last part only: a process that dies in between leaves all of the batch to be read again. */
async function postBoth(
  poster: Poster,
  batch: Batch,
  head: readonly BatchCommand[],
  tail: readonly BatchCommand[],
): Promise<IsolatedBatch | RefusedBatch> {
  const unmoved = batch.ranges.map((range) => ({ ...range, nextOffset: range.firstOffset }))
  const first = await postIsolating(poster, { ...batch, ranges: unmoved, commands: head, letters: [] })
  if ('refused' in first) return first
  const second = await postIsolating(poster, { ...batch, commands: tail })
  if ('refused' in second) return second
  return { posted: [...first.posted, ...second.posted], poison: [...first.poison, ...second.poison] }
}

/** One command, or the payments of one atomic batch: without them, the offsets move on, and the ledger keeps the message. */
async function giveUp(poster: Poster, batch: Batch, error: Error): Promise<IsolatedBatch | RefusedBatch> {
  if (batch.commands.length === 0) throw error
  const { letters = [], letterOf } = batch
  const givenUp = letterOf === undefined ? [] : batch.commands.map((command) => letterOf(command, error))
  const rest = await postIsolating(poster, { ...batch, commands: [], letters: [...letters, ...givenUp] })
  if ('refused' in rest) return rest
  return { posted: rest.posted, poison: batch.commands.map((command) => ({ command, error })) }
}

/** In the middle, or beside it where that would part an atomic batch; the second is empty where nothing can be parted. */
function halvesOf(commands: readonly BatchCommand[]): [head: readonly BatchCommand[], tail: readonly BatchCommand[]] {
  const middle = Math.ceil(commands.length / 2)
  const isBoundary = (at: number): boolean => {
    const [before, after] = [groupOf(commands[at - 1]), groupOf(commands[at])]
    return before === undefined || before !== after
  }
  for (let distance = 0; distance < middle; distance++)
    for (const at of [middle + distance, middle - distance])
      if (at > 0 && at < commands.length && isBoundary(at)) return [commands.slice(0, at), commands.slice(at)]
  return [commands, []]
}

const groupOf = (command: BatchCommand | undefined): AtomicGroup | undefined =>
  command?.type === 'payment' ? command.atomic : undefined
