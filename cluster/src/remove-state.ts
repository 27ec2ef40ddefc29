/** Deletes what a cluster left on disk. Only names that the cluster makes: the state folder may hold other things. */
import { existsSync, rmSync } from 'node:fs'
import { ClusterError } from './cluster-error.ts'
import { unmarkInitialised } from './initialised-marker.ts'
import type { Layout } from './layout.ts'
import { removeAuthenticationCache } from './nodes/authentication-cache.ts'
import { removeServerData } from './postgres/server-home.ts'

/** Deletes the data of a first start that did not get to its end. Logs stay: they say why. */
export function removeData(layout: Layout): void {
  unmarkInitialised(layout)
  removeServerData(layout)
  for (const path of [layout.kafka, layout.redis, layout.bank, layout.traffic, layout.demo])
    rmSync(path, { recursive: true, force: true })
}

/**
 * Deletes everything but downloaded tools and the reports of load runs. Nothing of the cluster may run.
 *
 * @throws ClusterError `not_a_state_folder` when the folder has data, and no secrets of a cluster: they are made first
 */
export function removeState(layout: Layout): void {
  const { state, secrets, postgres, kafka, redis, bank, gateway, tls, logs, sockets, pids } = layout
  if (!existsSync(secrets) && [postgres, kafka, redis, bank, gateway, tls].some((path) => existsSync(path))) {
    throw new ClusterError('not_a_state_folder', `${state} holds data, and no secrets.json of a cluster`, {
      remedy: 'see that stateDir is right; if it is, delete its folders by hand',
    })
  }
  removeData(layout)
  removeAuthenticationCache(layout)
  // Secrets last: a reset that is cut can be repeated.
  for (const path of [gateway, tls, logs, sockets, pids, secrets]) rmSync(path, { recursive: true, force: true })
}
