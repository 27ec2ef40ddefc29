import type { Batch, Poster, RefusedBatch } from '../posting/post-batch.ts'
import { waitsForBank, type PostedBatch } from '../posting/posted-batch.ts'

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
    if ('outcomes' in posted && posted.outcomes.some(waitsForBank)) this.#nudge()
    return posted
  }
}
