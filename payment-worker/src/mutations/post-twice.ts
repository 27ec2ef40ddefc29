import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { toBatchPayment, type BatchPayment } from '../posting/batch-command.ts'
import type { Poster } from '../posting/post-batch.ts'

/**
 * A poster that posts some payments a second time. Under an id of its own: the second is a payment like any other, with
 * its row, its entries, its cache entry and its event, and the ledger agrees with itself. Only who asked for one payment
 * can tell.
 */
export function postTwice(poster: Poster, ids: IdCodec, isDoubled: () => boolean): Poster {
  return {
    post: ({ commands, ...batch }) =>
      poster.post({
        ...batch,
        commands: commands.flatMap((command) =>
          command.type === 'payment' && isDoubled() ? [command, again(ids, command)] : [command],
        ),
      }),
  }
}

function again(ids: IdCodec, { command }: BatchPayment): BatchPayment {
  const id = ids.derive('pay', command.client, `once more ${command.id}`)
  // A reference can be taken once, and nobody waits for this one.
  return toBatchPayment({ ...command, id, reference: undefined, reply_to: undefined })
}
