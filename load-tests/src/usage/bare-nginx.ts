/** Nginx with nothing behind it: one worker, a server of our own, in a folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findExecutable } from '@paycluster/cluster/process/find-executable'

export interface BareNginx {
  readonly pid: number
  /** A unix socket. */
  readonly socket: string
  stop(): Promise<void>
}

const START_TIMEOUT_MS = 3000
const START_STEP_MS = 5

/**
 * @param body  what every request is answered with; letters and digits alone, as it stands in a configuration
 * @param port  of this machine, to listen on as well
 * @returns undefined when there is no Nginx that starts
 */
export async function startBareNginx(body: string, port?: number): Promise<BareNginx | undefined> {
  const program = findExecutable('nginx')
  if (program === undefined) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'paycluster-nginx-'))
  const socket = join(folder, 'nginx.sock')
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, socket, body, port))
  const args = ['-c', join(folder, 'nginx.conf'), '-p', folder, '-e', join(folder, 'error.log')]
  const server = spawn(program, args, { stdio: 'ignore' })
  const ended = once(server, 'close').catch(() => undefined)
  const stop = async (): Promise<void> => {
    server.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  if (server.pid !== undefined && (await isUp(socket, server))) return { pid: server.pid, socket, stop }
  await stop()
  return undefined
}

const configuration = (folder: string, socket: string, body: string, port: number | undefined): string => `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log crit;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen unix:${socket};
    ${port === undefined ? '' : `listen 127.0.0.1:${port};`}
    location / { return 200 "${body}"; }
  }
}
`

async function isUp(socket: string, server: ChildProcess): Promise<boolean> {
  const untilMs = performance.now() + START_TIMEOUT_MS
  while (performance.now() < untilMs && server.exitCode === null && server.pid !== undefined) {
    const connection = connect(socket)
    const isConnected = await once(connection, 'connect').then(
      () => true,
      () => false,
    )
    connection.destroy()
    if (isConnected) return true
    await sleep(START_STEP_MS)
  }
  return false
}
