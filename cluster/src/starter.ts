/** What a start has done so far: the nodes it started, so that they can be stopped in reverse order whenever it ends. */
import type { Layout } from './layout.ts'
import { runStep, type OnProgress } from './progress/progress.ts'
import type { Settings } from './settings.ts'
import { ClusterNode } from './supervisor/cluster-node.ts'
import type { NodePlan } from './supervisor/node-plan.ts'

export interface StarterOptions {
  readonly onProgress?: OnProgress
  readonly onEvent?: (node: string, what: string) => void
  readonly signal?: AbortSignal
}

/** Nodes of a layer do not depend on each other and stop together; the layers stop one after the other. */
const STOP_LAYERS = [
  /^traffic-generator/,
  /^gateway/,
  /^payment-service/,
  /^inquiry-service/,
  /^payment-worker/,
  /^event-services/,
  /^(redis|kafka)/,
  /replica/,
]

export class Starter {
  readonly settings: Settings
  readonly layout: Layout
  /** Aborted from outside, or by the first failure of several things that start together. */
  readonly signal: AbortSignal
  readonly nodes: ClusterNode[] = []
  readonly #failed = new AbortController()
  readonly #options: StarterOptions

  constructor(settings: Settings, layout: Layout, options: StarterOptions) {
    this.settings = settings
    this.layout = layout
    this.#options = options
    this.signal =
      options.signal === undefined ? this.#failed.signal : AbortSignal.any([options.signal, this.#failed.signal])
  }

  /** Runs one step of the start and reports it. */
  async step(name: string, work: () => Promise<string | undefined>): Promise<void> {
    await runStep(this.#options.onProgress ?? (() => undefined), name, work)
  }

  /** Starts a node as a step, and supervises it from then on. */
  async start(plan: NodePlan): Promise<ClusterNode> {
    const { supervision } = this.settings
    const node = new ClusterNode(plan, {
      logs: this.layout.logs,
      pids: this.layout.pids,
      restart: supervision.restart
        ? { maxRestarts: supervision.maxRestarts, windowMs: supervision.windowS * 1000 }
        : undefined,
      onEvent: this.#options.onEvent ?? (() => undefined),
    })
    this.nodes.push(node)
    await this.step(plan.name, async () => {
      await node.start(this.signal)
      return plan.address
    })
    return node
  }

  /**
   * Waits for all of several things that start together. The first that fails cuts the others short, and is what is thrown
   * once they have ended: nothing goes on starting behind the caller's back.
   */
  async together(work: readonly Promise<unknown>[]): Promise<void> {
    const failures: unknown[] = []
    await Promise.all(
      work.map((one) =>
        one.catch((error: unknown) => {
          failures.push(error)
          this.#failed.abort()
        }),
      ),
    )
    if (failures.length > 0) throw failures[0]
  }

  /** Stops every node, clients before what they depend on: the reverse of the start. */
  async stopAll(): Promise<void> {
    const rest = new Set(this.nodes)
    for (const layer of [...STOP_LAYERS, /./]) {
      const nodes = [...rest].filter((node) => layer.test(node.name))
      for (const node of nodes) rest.delete(node)
      await Promise.all(nodes.map((node) => node.stop()))
    }
  }

  hurry(): void {
    for (const node of this.nodes) node.hurry()
  }
}
