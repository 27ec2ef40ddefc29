/**
 * A cluster of its own, on free ports and in a folder of its own, that is started anew for each mutation. The ledger, the
 * log and the cache stay from one to the next: a start takes half as long as the first.
 */
import { settingsFrom } from '@paycluster/cluster/settings/load-settings'
import type { Settings, SettingsInput } from '@paycluster/cluster/settings'
import type { RunningCluster } from '@paycluster/cluster/running-cluster'
import { supervise } from '@paycluster/cluster/supervise'
import { takePortBlock } from '@paycluster/cluster/ports/port-block'
import { makeTestFolder } from '@paycluster/testkit/test-folder'
import { servicesWith, type Mutation } from './mutations.ts'

const DEMO = { customers: 40, merchants: 5 }

export class MutationStage {
  readonly #common: SettingsInput
  readonly #every: number
  readonly #remove: () => void

  /** @param every  one in so many commands or reads gets the fault */
  static async open(every: number): Promise<MutationStage> {
    const folder = await makeTestFolder()
    const block = await takePortBlock()
    const common = { demo: DEMO, stateDir: folder.layout.state, ports: block.ports }
    return new MutationStage(common, every, () => {
      folder.remove()
      block.release()
    })
  }

  private constructor(common: SettingsInput, every: number, remove: () => void) {
    this.#common = common
    this.#every = every
    this.#remove = remove
  }

  /**
   * Runs work on a cluster that has the fault; on one that has none without a mutation.
   *
   * @param stop  ends the start; the work has to heed it by itself
   * @throws ClusterError when it does not start, and what the work throws
   */
  async with<T>(
    mutation: Mutation | undefined,
    work: (cluster: RunningCluster) => Promise<T>,
    stop: AbortSignal,
  ): Promise<T> {
    const services = mutation === undefined ? undefined : servicesWith(mutation, this.#every)
    const settings = settingsFrom(services === undefined ? this.#common : { ...this.#common, services })
    return whileSupervised(settings, work, stop)
  }

  /** Deletes all that the clusters left. */
  close(): void {
    this.#remove()
  }
}

async function whileSupervised<T>(
  settings: Settings,
  work: (cluster: RunningCluster) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const stop = new AbortController()
  let done: Promise<T> | undefined
  const onSignal = (): void => {
    // Work that has begun ends by itself, and needs the cluster until then.
    if (done === undefined) stop.abort()
  }
  signal.addEventListener('abort', onSignal, { once: true })
  try {
    await supervise(settings, {
      onProgress: () => undefined,
      onEvent: () => undefined,
      onReady: (cluster) => {
        done = work(cluster).finally(() => {
          stop.abort()
        })
        // Thrown below, when the cluster has stopped.
        done.catch(() => undefined)
      },
      onStopping: () => undefined,
      stop,
      hurry: new AbortController().signal,
    })
  } finally {
    signal.removeEventListener('abort', onSignal)
  }
  if (done === undefined) throw new Error('the cluster was stopped before it was ready')
  return done
}
