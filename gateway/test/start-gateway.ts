/** Starts the real nginx with the rendered templates in a folder of its own. */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { renderFolder } from '@paycluster/platform/template/render-folder'

const GATEWAY = join(import.meta.dirname, '..')
const START_TIMEOUT_MS = 10_000

export interface Gateway {
  readonly port: number
  readonly tlsPort: number
  readonly folder: string
  readonly certificate: string
  /** What nginx has written to stderr, the last of it. */
  log(): string
  stop(): Promise<void>
}

/** A folder for one gateway and the sockets of its services. The blank in its name is one that users' folders may have. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'gateway of-'))
}

/** `server …;` lines as the native runner writes them. */
export function serverLines(...sockets: string[]): string {
  return sockets.map((socket) => `server "unix:${socket}" max_fails=3 fail_timeout=2s;`).join(' ')
}

/** @param overrides  variables of the templates, see ../README.md */
export async function startGateway(folder: string, overrides: Record<string, string> = {}): Promise<Gateway> {
  const stateFolder = mkdtempSync(join(folder, 'state-'))
  const [port, tlsPort] = [await freePort(), await freePort()]
  execFileSync(join(GATEWAY, 'make-dev-certificate.sh'), [join(folder, 'tls')])
  const variables = {
    ...parseEnv(readFileSync(join(GATEWAY, 'defaults.env'), 'utf8')),
    NGINX_USER_DIRECTIVE: process.getuid?.() === 0 ? 'user root;' : '',
    STATE_DIR: stateFolder,
    DOCS_DIR: join(stateFolder, 'docs'),
    AUTH_CACHE_DIR: join(stateFolder, 'auth-cache'),
    HTTP_LISTEN: `127.0.0.1:${port}`,
    HTTPS_LISTEN: `127.0.0.1:${tlsPort}`,
    STATUS_LISTEN: `unix:${stateFolder}/status.sock`,
    TLS_CERTIFICATE: join(folder, 'tls/tls.crt'),
    TLS_CERTIFICATE_KEY: join(folder, 'tls/tls.key'),
    PAYMENT_SERVERS: serverLines(join(folder, 'payment.sock')),
    INQUIRY_SERVERS: serverLines(join(folder, 'inquiry.sock')),
    WORKER_SERVERS: serverLines(join(folder, 'worker.sock')),
    EVENT_SERVERS: serverLines(join(folder, 'events.sock')),
    ...overrides,
  }
  const configuration = join(stateFolder, 'conf')
  renderFolder(join(GATEWAY, 'templates'), configuration, variables)
  mkdirSync(variables.AUTH_CACHE_DIR, { recursive: true, mode: 0o700 })

  const nginx = spawn(nginxBinary(), ['-c', join(configuration, 'nginx.conf'), '-g', 'daemon off;'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  nginx.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4000)
  })
  const exited = new Promise<void>((resolve) =>
    nginx.once('exit', () => {
      resolve()
    }),
  )
  await waitUntil(async () => {
    if (nginx.exitCode !== null) throw new Error(`nginx did not start: ${log}`)
    return (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined))?.ok ?? false
  }, 'the gateway answers')

  return {
    port,
    tlsPort,
    folder: stateFolder,
    certificate: readFileSync(variables.TLS_CERTIFICATE, 'utf8'),
    log: () => log,
    stop: async () => {
      nginx.kill('SIGTERM')
      await exited
      rmSync(stateFolder, { recursive: true, force: true })
    },
  }
}

/** Polls a condition; it may throw to give up early. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = START_TIMEOUT_MS,
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Debian keeps nginx where only root's PATH leads. */
function nginxBinary(): string {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
  const found = folders.map((folder) => join(folder, 'nginx')).find((path) => existsSync(path))
  if (found === undefined) throw new Error('no nginx on this machine: apt-get install nginx-light')
  return found
}

/** A free port below the ephemeral range, whose ports outgoing connections may hold. */
async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer()
      server.once('error', () => {
        resolve(false)
      })
      server.listen(port, '127.0.0.1', () => {
        const address = server.address() as AddressInfo
        server.close(() => {
          resolve(address.port === port)
        })
      })
    })
    if (free) return port
  }
  throw new Error('no free port between 20000 and 32000')
}
