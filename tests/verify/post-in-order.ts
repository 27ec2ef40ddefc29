import type { Command } from '@paycluster/contracts'
import { toBatchCommands } from '../../payment-worker/src/posting/batch-command.ts'
import type { Poster } from '../../payment-worker/src/posting/post-batch.ts'

/** Posts batches as one partition's log would bring them. */
export async function postInOrder(poster: Poster, batches: readonly (readonly Command[])[]): Promise<void> {
  let offset = 0
  for (const commands of batches) {
    const ranges = [{ partition: 0, firstOffset: offset, nextOffset: offset + commands.length }]
    await poster.post({ topic: 'payment.commands', ranges, commands: commands.flatMap(toBatchCommands) })
    offset += commands.length
  }
}
