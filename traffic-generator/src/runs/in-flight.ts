/** How many acts are being answered at once, of all runs of a process: a bound, beyond which acts are not queued. */
export class InFlight {
  readonly max: number
  #now = 0
  readonly #waiting: (() => void)[] = []

  constructor(max: number) {
    this.max = max
  }

  get now(): number {
    return this.#now
  }

  /** Takes a place if there is one. */
  tryTake(): boolean {
    if (this.#now >= this.max) return false
    this.#now += 1
    return true
  }

  /** Takes a place above the bound, for what must not be left out. */
  take(): void {
    this.#now += 1
  }

  /** Waits for a place, and takes it. For one caller at a time: acts in their order. */
  async wait(): Promise<void> {
    while (!this.tryTake()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  release(): void {
    this.#now -= 1
    this.#waiting.shift()?.()
  }
}
