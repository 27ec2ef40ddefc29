import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { Behaviour } from './behaviour.ts'
import { sampleLatencyMs } from './latency.ts'
import { behaviourIn, DEFAULT_MODE, type Mode } from './mode.ts'
import { Script, type RequestMarks } from './script.ts'

/** What is done with a request, and how long that takes. */
export interface PlannedBehaviour {
  readonly behaviour: Behaviour
  readonly latencyMs: number
}

/** Decides what the bank does: by the script, by the mode, and by dice that repeat with their seed. */
export class Behaviours {
  readonly script = new Script()
  mode: Mode = DEFAULT_MODE
  readonly #draw: () => number

  /** @param seed  32 bits */
  constructor(seed: number) {
    const generator = xoroshiro128plus(seed)
    this.#draw = () => uniformFloat64(generator)
  }

  /** For a request that asks the bank to do something. */
  next(request: RequestMarks): PlannedBehaviour {
    // Every request draws the same number of times, whatever the mode: a change of it moves no later request's luck.
    const draws = { failure: this.#draw(), decline: this.#draw(), pending: this.#draw() }
    const latencyMs = this.nextLatencyMs()
    const behaviour = this.script.take(request) ?? behaviourIn(this.mode, draws)
    return { behaviour, latencyMs: behaviour.latency_ms ?? latencyMs }
  }

  /** For a request that only reads. */
  nextLatencyMs(): number {
    return sampleLatencyMs(this.mode.latency_ms, [this.#draw(), this.#draw()])
  }
}
