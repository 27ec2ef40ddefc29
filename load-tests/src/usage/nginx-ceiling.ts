/** Nginx with nothing behind it: a server of our own, started for half a second on a socket in a folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findExecutable } from '@paycluster/cluster/process/find-executable'
import { percentilesOf } from '../report/percentile.ts'

const CONNECTIONS = 16
/** Requests that a connection sends at once: Nginx is to be the slower end. */
const PIPELINED = 16
const SLICES = 5
const SLICE_MS = 100
const START_TIMEOUT_MS = 3000
const START_STEP_MS = 5
const REQUESTS = 'GET / HTTP/1.1\r\nHost: calibration\r\n\r\n'.repeat(PIPELINED)

/** @returns requests a second, the median of some slices; undefined when there is no Nginx that starts */
export async function nginxCeiling(): Promise<number | undefined> {
  const program = findExecutable('nginx')
  if (program === undefined) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'paycluster-calibration-'))
  const socket = join(folder, 'nginx.sock')
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, socket))
  const args = ['-c', join(folder, 'nginx.conf'), '-p', folder, '-e', join(folder, 'error.log')]
  const server = spawn(program, args, { stdio: 'ignore' })
  const ended = once(server, 'close').catch(() => undefined)
  try {
    return (await isUp(socket, server)) ? await measure(socket) : undefined
  } finally {
    server.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

const configuration = (folder: string, socket: string): string => `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log crit;
events { worker_connections 64; }
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
    location / { return 200 "ok"; }
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

async function measure(socket: string): Promise<number | undefined> {
  const lengthOfAnswers = await answersLength(socket)
  let bytes = 0
  const connections = Array.from({ length: CONNECTIONS }, () =>
    load(socket, lengthOfAnswers, (count) => (bytes += count)),
  )
  const rates: number[] = []
  try {
    // The first slice is the start.
    for (let slice = 0; slice <= SLICES; slice++) {
      const [before, startedAtMs] = [bytes, performance.now()]
      await sleep(SLICE_MS)
      const elapsedS = (performance.now() - startedAtMs) / 1000
      if (slice > 0) rates.push(((bytes - before) / lengthOfAnswers) * (PIPELINED / elapsedS))
    }
  } finally {
    for (const connection of connections) connection.destroy()
  }
  return percentilesOf(rates)?.p50
}

/** Bytes of the answers to one write: all answers are alike but for the date, which has one length. */
async function answersLength(socket: string): Promise<number> {
  const connection = connect(socket)
  connection.write('GET / HTTP/1.1\r\nHost: calibration\r\n\r\n')
  const [answer] = (await once(connection, 'data')) as [Buffer]
  connection.destroy()
  return answer.length * PIPELINED
}

/** Sends again when all that it sent is answered. */
function load(socket: string, lengthOfAnswers: number, onBytes: (count: number) => void): Socket {
  const connection = connect(socket)
  let missing = lengthOfAnswers
  connection.on('data', (data) => {
    onBytes(data.length)
    missing -= data.length
    if (missing > 0) return
    missing += lengthOfAnswers
    connection.write(REQUESTS)
  })
  connection.on('error', () => undefined)
  connection.write(REQUESTS)
  return connection
}
