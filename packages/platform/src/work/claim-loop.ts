/**
 * Works off tasks that stand in a table: claims those that are due, does each, and reports what came of them together.
 *
 *     claim what is due ─▶ do each ─▶ report what has come so far, in one go
 *
 * Several processes may claim from one table: a task is in one's hands at a time, by its lease.
 */
import type { Logger } from '../logging.ts'

export interface ClaimLoopParts<Task, Result> {
  /** How many tasks may be taken now; 0: none. */
  readonly room: () => number
  /** Takes so many tasks at most, with a lease. May reject: it is tried again. */
  readonly claim: (most: number) => Promise<readonly Task[]>
  /** Does not reject: what went wrong is in the result. */
  readonly work: (task: Task) => Promise<Result>
  /** Writes down results. When it rejects, the leases end, and the tasks are taken again. */
  readonly report: (results: readonly Result[]) => Promise<void>
  readonly onUnreported: (count: number) => void
  /** Between two looks, when there was nothing to take. */
  readonly intervalMs: number
  /** What tasks are called in the log: `bank tasks`. */
  readonly name: string
  readonly logger: Logger
}

export class ClaimLoop<Task, Result> {
  readonly #parts: ClaimLoopParts<Task, Result>
  #inHand = 0
  #results: Result[] = []
  #isReporting = false
  #isStopped = false
  #isNudged = false
  #wake: () => void = () => undefined
  #loop: Promise<void> = Promise.resolve()
  #drained: () => void = () => undefined

  constructor(parts: ClaimLoopParts<Task, Result>) {
    this.#parts = parts
  }

  /** Tasks that were taken and are not reported yet. */
  get inHand(): number {
    return this.#inHand
  }

  start(): void {
    this.#loop = this.#run()
  }

  /** A task has been made: it need not wait for the next look. */
  nudge(): void {
    this.#isNudged = true
    this.#wake()
  }

  /** Takes no more. Resolves when nothing is in hand any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#wake()
    await this.#loop
    if (this.#inHand === 0) return
    await new Promise<void>((resolve) => {
      this.#drained = resolve
    })
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      this.#isNudged = false
      const isMore = await this.#claim()
      if (!isMore) await this.#pause()
    }
  }

  async #pause(): Promise<void> {
    if (this.#isNudged || this.#isStopped) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#parts.intervalMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = () => undefined
  }

  /** @returns whether there may be more, and room for it */
  async #claim(): Promise<boolean> {
    const { room, claim, name, logger } = this.#parts
    const most = room()
    if (most <= 0) return false
    try {
      const tasks = await claim(most)
      this.#inHand += tasks.length
      for (const task of tasks) void this.#handle(task)
      return tasks.length === most
    } catch (error) {
      logger.warn({ err: error }, `could not look for ${name}`)
      return false
    }
  }

  async #handle(task: Task): Promise<void> {
    const result = await this.#parts.work(task)
    // Not in one expression: while it is at work, the list is another one.
    this.#results.push(result)
    void this.#report()
  }

  /** What comes meanwhile goes with the next. */
  async #report(): Promise<void> {
    if (this.#isReporting) return
    this.#isReporting = true
    const { report, onUnreported, name, logger } = this.#parts
    while (this.#results.length > 0) {
      const results = this.#results
      this.#results = []
      try {
        await report(results)
      } catch (error) {
        logger.warn({ err: error, count: results.length }, `could not report what came of ${name}`)
        onUnreported(results.length)
      }
      this.#inHand -= results.length
    }
    this.#isReporting = false
    this.#wake()
    if (this.#inHand === 0) this.#drained()
  }
}
