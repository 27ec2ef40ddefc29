/** Redis: the cache, on a unix socket for the services and on the loopback for people. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { renderTemplate } from '@paycluster/platform/template/render-template'
import { ClusterError } from '../cluster-error.ts'
import type { Layout } from '../layout.ts'
import { childEnvironment } from '../process/child-environment.ts'
import { findExecutable } from '../process/find-executable.ts'
import { projectRoot } from '../project-root.ts'
import type { Settings } from '../settings.ts'
import type { NodePlan } from '../supervisor/node-plan.ts'
import type { NotYet } from '../wait.ts'

const STOP_TIMEOUT_MS = 5000
const PROBE_TIMEOUT_MS = 1000

export const redisSocket = (layout: Layout): string => join(layout.sockets, 'redis.sock')

export function redisNode(settings: Settings, layout: Layout): NodePlan {
  const file = findExecutable('redis-server')
  if (file === undefined)
    throw new ClusterError('missing_tool', 'redis-server is missing', { remedy: 'npm run doctor' })
  const configuration = join(layout.redis, 'redis.conf')
  const socket = redisSocket(layout)
  return {
    name: 'redis',
    role: 'Redis cache',
    address: `127.0.0.1:${settings.ports.redis}`,
    port: settings.ports.redis,
    prepare: () => {
      mkdirSync(layout.redis, { recursive: true })
      rmSync(socket, { force: true })
      const template = readFileSync(join(projectRoot, 'cluster/redis/redis.conf'), 'utf8')
      const values = {
        PORT: String(settings.ports.redis),
        SOCKET: socket,
        DIR: layout.redis,
        MAX_MEMORY_MB: String(settings.redis.maxMemoryMb),
      }
      writeFileSync(configuration, renderTemplate(template, values))
    },
    file,
    args: [configuration],
    cwd: layout.state,
    env: childEnvironment(),
    probe: () => pingRedis(socket),
    readyTimeoutMs: settings.startTimeoutS * 1000,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: STOP_TIMEOUT_MS,
    hurrySignal: 'SIGKILL',
  }
}

/** PING by the bare protocol. */
export function pingRedis(socket: string): Promise<NotYet> {
  return new Promise((resolve) => {
    const connection = connect(socket, () => connection.write('PING\r\n'))
    const answer = (reason: NotYet): void => {
      connection.destroy()
      resolve(reason)
    }
    connection.setTimeout(PROBE_TIMEOUT_MS, () => {
      answer('PING was not answered in time')
    })
    connection.once('error', (error) => {
      answer(error.message)
    })
    connection.once('data', (data) => {
      const text = data.toString().trim()
      answer(text === '+PONG' ? undefined : text)
    })
  })
}
