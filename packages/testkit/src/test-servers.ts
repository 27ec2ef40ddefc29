/** What every throwaway server needs: a folder, ports below the ephemeral ones, and an end that is certain. */
import { ClusterError } from '@paycluster/cluster/cluster-error'
import type { Layout } from '@paycluster/cluster/layout'
import { takePortBlock } from '@paycluster/cluster/ports/port-block'
import type { Settings, SettingsInput } from '@paycluster/cluster/settings'
import { settingsFrom } from '@paycluster/cluster/settings/load-settings'
import { ClusterNode } from '@paycluster/cluster/supervisor/cluster-node'
import type { NodePlan } from '@paycluster/cluster/supervisor/node-plan'
import { makeTestFolder } from './test-folder.ts'

export interface TestServers {
  readonly layout: Layout
  /** With ports of their own. */
  readonly settings: Settings
  /** A node that stays down when it ends. Not started yet. */
  add(plan: NodePlan): ClusterNode
  /** Runs the start; if it fails, everything ends and the error carries the end of the server's log. */
  starting<T>(work: () => Promise<T>): Promise<T>
  /** Stops the nodes, the last added first, and deletes their data. */
  stop(): Promise<void>
}

/** Takes the places. Nothing runs yet. */
export async function openTestServers(input: SettingsInput): Promise<TestServers> {
  const folder = await makeTestFolder()
  const block = await takePortBlock()
  const settings = settingsFrom({ ...input, ports: block.ports })
  const nodes: ClusterNode[] = []
  const endAtOnce = (): void => {
    for (const node of nodes) node.hurry()
  }
  process.once('exit', endAtOnce)

  const stop = async (): Promise<void> => {
    for (const node of nodes.toReversed()) await node.stop()
    process.off('exit', endAtOnce)
    folder.remove()
    block.release()
  }
  return {
    layout: folder.layout,
    settings,
    add(plan) {
      const { logs, pids } = folder.layout
      const node = new ClusterNode(plan, { logs, pids, restart: undefined, onEvent: () => undefined })
      nodes.push(node)
      return node
    },
    async starting(work) {
      try {
        return await work()
      } catch (error) {
        await stop()
        throw withContext(error)
      }
    },
    stop,
  }
}

/** The log is deleted with the folder: its end goes into the message, which is all that a test runner shows. */
function withContext(error: unknown): unknown {
  if (!(error instanceof ClusterError) || error.context === undefined) return error
  return new Error(`${error.message}\n${error.context}`, { cause: error })
}
