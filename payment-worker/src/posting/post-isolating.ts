/**
 * Posts a batch, and finds the command that it cannot hold.
 *
 * A command that no decision foresaw (a client that does not exist, a value that the schema refuses) fails its whole
 * transaction. The batch is then halved until the command stands alone: the others are posted, it is given up, and no
 * partition is blocked. 500 commands with one such take ten transactions.
 */
import type { Batch, Poster, RefusedBatch } from './post-batch.ts'
import type { BatchCommand } from './batch-command.ts'
import type { PostedBatch } from './posted-batch.ts'
import { classify } from './posting-errors.ts'

export interface IsolatedBatch {
  readonly posted: readonly PostedBatch[]
  readonly poison: readonly { readonly command: BatchCommand; readonly error: Error }[]
}

/** @throws what {@link classify} sorts as an outage or as contention: nothing that a command is at fault for */
export async function postIsolating(poster: Poster, batch: Batch): Promise<IsolatedBatch | RefusedBatch> {
  try {
    const result = await poster.post(batch)
    return 'refused' in result ? result : { posted: [result], poison: [] }
  } catch (error) {
    if (classify(error) !== 'poison') throw error
    return isolate(poster, batch, error instanceof Error ? error : new Error(String(error)))
  }
}

async function isolate(poster: Poster, batch: Batch, error: Error): Promise<IsolatedBatch | RefusedBatch> {
  const { commands, ranges, topic } = batch
  const [only] = commands
  if (only === undefined) throw error
  if (commands.length === 1) {
    const rest = await postIsolating(poster, { ...batch, commands: [] })
    return 'refused' in rest ? rest : { posted: rest.posted, poison: [{ command: only, error }] }
  }
  // The offsets move with the last part only: a process that dies in between leaves all of the batch to be read again.
  const unmoved = ranges.map((range) => ({ ...range, nextOffset: range.firstOffset }))
  const middle = Math.ceil(commands.length / 2)
  const first = await postIsolating(poster, { topic, ranges: unmoved, commands: commands.slice(0, middle) })
  if ('refused' in first) return first
  const second = await postIsolating(poster, { topic, ranges, commands: commands.slice(middle) })
  if ('refused' in second) return second
  return { posted: [...first.posted, ...second.posted], poison: [...first.poison, ...second.poison] }
}
