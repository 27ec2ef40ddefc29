import type { Logger } from '../logging.ts'
import type { PrimaryNode } from './primary-node.ts'
import type { ReplicaNode } from './replica-node.ts'

type Node = PrimaryNode | ReplicaNode

/** Asks every node where it stands, one interval after its last answer, and logs when one comes or goes. */
export class NodeProbes {
  readonly #nodes: readonly Node[]
  readonly #intervalMs: number
  readonly #logger: Logger
  readonly #isUp = new Map<string, boolean>()
  #timers: NodeJS.Timeout[] = []
  #isStopped = false

  constructor(nodes: readonly Node[], intervalMs: number, logger: Logger) {
    this.#nodes = nodes
    this.#intervalMs = intervalMs
    this.#logger = logger
  }

  /** Resolves when each node was asked once, whatever it said. */
  async start(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => this.#probeForEver(node)))
  }

  stop(): void {
    this.#isStopped = true
    for (const timer of this.#timers) clearTimeout(timer)
  }

  async #probeForEver(node: Node): Promise<void> {
    try {
      await node.probe()
    } catch (error) {
      this.#tellChange(node, error)
    }
    if (node.isUp) this.#tellChange(node)
    if (this.#isStopped) return
    const timer = setTimeout(() => {
      this.#timers = this.#timers.filter((other) => other !== timer)
      void this.#probeForEver(node)
    }, this.#intervalMs)
    this.#timers.push(timer)
  }

  #tellChange(node: Node, error?: unknown): void {
    if (this.#isUp.get(node.name) === node.isUp) return
    this.#isUp.set(node.name, node.isUp)
    if (node.isUp) this.#logger.info({ node: node.name, timeline: node.timeline }, 'node answers')
    else this.#logger.warn({ err: error, node: node.name }, 'node is away')
  }
}
