/**
 * A cluster from its start to its stop, in this process: what `npm start` runs in the foreground and `cluster up` in a
 * process of its own.
 *
 * One supervisor per state folder owns all nodes as its children: it alone starts, restarts and stops them. Commands of
 * other processes (`cluster restart kafka`, `cluster down`) ask it over a unix socket. Should it be killed, nodes go on
 * running, as their pid files say; nothing is started beside them until `cluster down` has stopped them.
 */
import type { Server } from 'node:net'
import { ClusterError } from './cluster-error.ts'
import type { OnProgress } from './progress/progress.ts'
import { probedStatus, type RunningCluster } from './running-cluster.ts'
import type { Settings } from './settings.ts'
import { startCluster, type StartingCluster } from './start-cluster.ts'
import type { ControlAnswer, ControlRequest } from './supervisor/control.ts'
import { serveControl } from './supervisor/control-server.ts'

export interface SuperviseOptions {
  readonly onProgress: OnProgress
  readonly onEvent: (node: string, what: string) => void
  readonly onReady: (cluster: RunningCluster) => void
  readonly onStopping: () => void
  /** Ends the start or the cluster, in order. */
  readonly stop: AbortController
  /** Ends an orderly stop that takes too long. */
  readonly hurry: AbortSignal
}

/** @returns when the cluster has stopped @throws ClusterError when it did not start */
export async function supervise(settings: Settings, options: SuperviseOptions): Promise<void> {
  const { onProgress, onEvent, stop, hurry } = options
  let control: Server | undefined
  let running: RunningCluster | undefined
  try {
    running = await startCluster(settings, {
      onProgress,
      onEvent,
      signal: stop.signal,
      onStarting: async (starting) => {
        hurry.addEventListener('abort', () => {
          starting.hurry()
        })
        control = await serveControl(starting.layout.control, (request) => answer(running ?? starting, request, stop))
      },
    })
    options.onReady(running)
    await untilAborted(stop.signal)
    options.onStopping()
    await running.stop()
  } finally {
    // Closing also removes the socket.
    control?.close()
  }
}

async function answer(
  cluster: RunningCluster | StartingCluster,
  request: ControlRequest,
  stop: AbortController,
): Promise<ControlAnswer> {
  if (request.do === 'shutdown') stop.abort()
  else if (request.do !== 'status') {
    if (!('node' in cluster)) throw new ClusterError('not_running', 'the cluster is still starting')
    const node = cluster.node(request.node)
    if (request.do === 'kill') await node.kill(request.signal, { restart: request.restart })
    else await node[request.do]()
  }
  const isProbed = request.do === 'status' && request.probe === true && 'nodes' in cluster
  return { ok: true, nodes: isProbed ? await probedStatus(cluster.nodes) : cluster.status() }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // An open server keeps the process alive meanwhile.
    if (signal.aborted) resolve()
    else
      signal.addEventListener('abort', () => {
        resolve()
      })
  })
}
