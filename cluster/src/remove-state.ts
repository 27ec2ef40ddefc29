/** Deletes what a cluster left on disk. Only names that the cluster makes: the state folder may hold other things. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { unmarkInitialised } from './initialised-marker.ts'
import type { Layout } from './layout.ts'
import { removeAuthenticationCache } from './nodes/authentication-cache.ts'
import { removeServerData } from './postgres/server-home.ts'

/** Deletes the data of a first start that did not get to its end. Logs stay: they say why. */
export function removeData(layout: Layout): void {
  unmarkInitialised(layout)
  removeServerData(layout)
  for (const path of [layout.kafka, layout.redis, layout.demo]) rmSync(path, { recursive: true, force: true })
}

/** Deletes everything but downloaded tools. Nothing of the cluster may run. */
export function removeState(layout: Layout): void {
  removeData(layout)
  const rest = [layout.gateway, layout.tls, layout.secrets, layout.logs, layout.sockets]
  for (const path of rest) rmSync(path, { recursive: true, force: true })
  removeAuthenticationCache(layout)
  rmSync(join(layout.state, 'run'), { recursive: true, force: true })
}
