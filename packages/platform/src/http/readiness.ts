/** Readiness: whether this process can serve now, and if not, why. Liveness is that it answers at all. */

/** Names a part and returns why it cannot serve, or undefined when it can. Called at each probe: keep it cheap. */
export interface ReadinessCheck {
  readonly name: string
  reason(): string | undefined
}

export interface Readiness {
  readonly ready: boolean
  readonly reasons: Readonly<Record<string, string>>
}

/** The checks of one process. */
export class ReadinessChecks {
  readonly #checks: ReadinessCheck[] = []
  #stopping = false

  add(check: ReadinessCheck): void {
    this.#checks.push(check)
  }

  /** From now on not ready, so that the gateway sends nothing new while requests in flight finish. */
  stop(): void {
    this.#stopping = true
  }

  evaluate(): Readiness {
    const reasons: Record<string, string> = this.#stopping ? { process: 'stopping' } : {}
    for (const check of this.#checks) {
      const reason = check.reason()
      if (reason !== undefined) reasons[check.name] = reason
    }
    return { ready: Object.keys(reasons).length === 0, reasons }
  }
}
