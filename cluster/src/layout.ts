/** Where everything of one cluster lies. */
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { projectRoot } from './project-root.ts'
import type { Settings } from './settings.ts'

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, with the closing zero. */
const MAX_SOCKET_PATH_BYTES = (process.platform === 'linux' ? 108 : 104) - 1
/** Of ours. Others: `/postgres/.s.PGSQL.15432`, `/inquiry-service-1.sock`. */
const LONGEST_SOCKET_NAME = '/gateway/authentication.sock'

export interface Layout {
  /** Twelve hex digits of the state folder's path: names what has to lie outside it. */
  readonly id: string
  readonly state: string
  readonly tools: string
  readonly logs: string
  /** Pid files and the supervisor's lock. */
  readonly pids: string
  /** Unix sockets: in the state folder, or under /tmp where its path is too long or closed to Nginx's workers. */
  readonly sockets: string
  readonly secrets: string
  readonly demo: string
  /** Written last at the first start: without it, data folders are half made. */
  readonly marker: string
  readonly lock: string
  readonly control: string
  readonly kafka: string
  readonly redis: string
  /** What the simulated bank remembers. */
  readonly bank: string
  /** Reports and labels of runs of the traffic generator. */
  readonly traffic: string
  readonly gateway: string
  /** The gateway's self-signed certificate and key. */
  readonly tls: string
  /** Data folders of PostgreSQL; a link to elsewhere where the server's user cannot reach the state folder. */
  readonly postgres: string
}

/** The layout of a cluster; makes nothing. */
export function layoutOf(settings: Pick<Settings, 'stateDir' | 'toolsDir'>): Layout {
  const state = resolve(projectRoot, settings.stateDir)
  const id = createHash('sha256').update(state).digest('hex').slice(0, 12)
  const pids = join(state, 'run')
  const sockets = join(state, 'sockets')
  const fits = Buffer.byteLength(sockets + LONGEST_SOCKET_NAME) <= MAX_SOCKET_PATH_BYTES
  const shortSockets = fits && gatewayWorkersCanPass(state) ? sockets : `/tmp/paycluster-${id}`
  return {
    id,
    state,
    tools: resolve(projectRoot, settings.toolsDir),
    logs: join(state, 'logs'),
    pids,
    sockets: shortSockets,
    secrets: join(state, 'secrets.json'),
    demo: join(state, 'demo.json'),
    marker: join(state, 'initialised.json'),
    lock: join(pids, 'cluster.lock'),
    control: join(shortSockets, 'control.sock'),
    kafka: join(state, 'kafka'),
    redis: join(state, 'redis'),
    bank: join(state, 'bank'),
    traffic: join(state, 'traffic'),
    gateway: join(state, 'gateway'),
    tls: join(state, 'tls'),
    postgres: join(state, 'postgres'),
  }
}

/** Run by root, Nginx drops to a user that cannot pass through /root or a home of mode 700. */
function gatewayWorkersCanPass(state: string): boolean {
  if (process.getuid?.() !== 0) return true
  for (let folder = dirname(state); folder !== dirname(folder); folder = dirname(folder)) {
    const mode = statSync(folder, { throwIfNoEntry: false })?.mode
    if (mode !== undefined && (mode & 0o001) === 0) return false
  }
  return true
}
