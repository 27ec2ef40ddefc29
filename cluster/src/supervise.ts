/**
 * A cluster from its start to its stop, in this process: what `npm start` runs in the foreground and `cluster up` in a
 * process of its own.
 *
 * One supervisor per state folder owns all nodes as its children: it alone starts, restarts and stops them. Commands of
 * other processes (`cluster restart kafka`, `cluster down`) ask it over a unix socket. Should it be killed, nodes go on
 * running, as their pid files say; nothing is started beside them until `cluster down` has stopped them.
 */
import { rmSync } from 'node:fs'
import type { OnProgress } from './progress/progress.ts'
import type { RunningCluster } from './running-cluster.ts'
import type { Settings } from './settings.ts'
import { startCluster } from './start-cluster.ts'
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
  const cluster = await startCluster(settings, {
    onProgress,
    onEvent,
    signal: stop.signal,
    onHurry: (endAll) => {
      hurry.addEventListener('abort', endAll)
    },
  })
  const control = await serveControl(cluster.layout.control, (request) => answer(cluster, request, stop))
  options.onReady(cluster)
  await untilAborted(stop.signal)
  options.onStopping()
  control.close()
  await cluster.stop()
  rmSync(cluster.layout.control, { force: true })
}

async function answer(cluster: RunningCluster, request: ControlRequest, stop: AbortController): Promise<ControlAnswer> {
  switch (request.do) {
    case 'status':
      break
    case 'shutdown':
      stop.abort()
      break
    case 'kill':
      await cluster.node(request.node).kill(request.signal, { restart: request.restart })
      break
    case 'start':
    case 'stop':
    case 'restart':
      await cluster.node(request.node)[request.do]()
      break
  }
  return { ok: true, nodes: cluster.status() }
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
