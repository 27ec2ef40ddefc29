import type { Batch, Poster, RefusedBatch } from '../posting/post-batch.ts'
import type { PostedBatch } from '../posting/posted-batch.ts'

/** Tells when a batch has left something to ask of the bank. */
export class NudgingPoster implements Poster {
  readonly #poster: Poster
  readonly #nudge: () => void

  constructor(poster: Poster, nudge: () => void) {
    this.#poster = poster
    this.#nudge = nudge
  }

  async post(batch: Batch): Promise<PostedBatch | RefusedBatch> {
    const posted = await this.#poster.post(batch)
    const isAwaited =
      'outcomes' in posted &&
      posted.outcomes.some((one) => one.type === 'payment' && one.payment.status === 'processing')
    if (isAwaited) this.#nudge()
    return posted
  }
}
