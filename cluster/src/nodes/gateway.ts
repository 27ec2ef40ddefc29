/** Nginx, with the configuration that gateway/templates describe. */
import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { writeDocs } from '@paycluster/api-docs/write-docs'
import { renderFolder } from '@paycluster/platform/template/render-folder'
import { ClusterError } from '../cluster-error.ts'
import type { Layout } from '../layout.ts'
import { childEnvironment } from '../process/child-environment.ts'
import { findExecutable } from '../process/find-executable.ts'
import { hardOpenFileLimit } from '../process/open-file-limit.ts'
import { runCommand } from '../process/run-command.ts'
import { projectRoot } from '../project-root.ts'
import type { Settings } from '../settings.ts'
import type { NodePlan } from '../supervisor/node-plan.ts'
import { authenticationCache, prepareAuthenticationCache } from './authentication-cache.ts'
import { gatewayFiles } from './gateway-files.ts'
import { readyz } from './readyz.ts'
import { instancesOf, serviceSocket } from './service-sockets.ts'

const STOP_TIMEOUT_MS = 12_000
const COMMAND_TIMEOUT_MS = 20_000
const GATEWAY_FOLDER = join(projectRoot, 'gateway')

/** In flight at one instance: five times what it has at the peak on the average. */
const FILLED_AT_REQUESTS = 64

export const gatewayUrl = (settings: Settings): string => `http://127.0.0.1:${settings.ports.gateway}`
export const gatewayTlsUrl = (settings: Settings): string => `https://127.0.0.1:${settings.ports.gatewayTls}`

const configurationFile = (layout: Layout): string => join(layout.gateway, 'nginx.conf')

export function gatewayNode(settings: Settings, layout: Layout): NodePlan {
  return {
    name: 'gateway',
    role: 'Nginx gateway',
    address: `127.0.0.1:${settings.ports.gateway}`,
    port: settings.ports.gateway,
    prepare: () => prepareGateway(settings, layout),
    file: nginx(),
    args: ['-c', configurationFile(layout), '-p', layout.gateway, '-g', 'daemon off;'],
    cwd: layout.state,
    env: childEnvironment(),
    probe: () => readyz(`${gatewayUrl(settings)}/healthz`),
    readyTimeoutMs: settings.startTimeoutS * 1000,
    // Answers what it has taken: a write with `Prefer: wait` for 10 s at most. Idle connections are closed at once.
    stopSignal: 'SIGQUIT',
    stopTimeoutMs: STOP_TIMEOUT_MS,
    hurrySignal: 'SIGKILL',
  }
}

/** Runs `nginx -t` on the rendered configuration. @throws ClusterError `command_failed` with what nginx says */
export async function testGatewayConfiguration(layout: Layout): Promise<void> {
  const args = ['-t', '-q', '-c', configurationFile(layout), '-p', layout.gateway]
  await runCommand({ file: nginx(), args, env: childEnvironment(), timeoutMs: COMMAND_TIMEOUT_MS })
}

/** Sockets and temporary files: where Nginx's workers can pass. */
const workFolder = (layout: Layout): string => join(layout.sockets, 'gateway')
const docsFolder = (layout: Layout): string => join(workFolder(layout), 'docs')

async function prepareGateway(settings: Settings, layout: Layout): Promise<void> {
  mkdirSync(layout.gateway, { recursive: true })
  mkdirSync(workFolder(layout), { recursive: true, mode: 0o711 })
  chmodSync(workFolder(layout), 0o711)
  // Nginx refuses to start beside the sockets that a killed one left.
  for (const socket of ['authentication.sock', 'status.sock']) rmSync(join(workFolder(layout), socket), { force: true })
  prepareAuthenticationCache(layout)
  await makeCertificate(layout)
  const values = { ...gatewayDefaults(), ...(await gatewayValues(settings, layout)) }
  writeDocs(docsFolder(layout))
  renderFolder(join(GATEWAY_FOLDER, 'templates'), layout.gateway, values)
}

/** `gateway/defaults.env`: every variable that has a default. */
const gatewayDefaults = (): NodeJS.Dict<string> => parseEnv(readFileSync(join(GATEWAY_FOLDER, 'defaults.env'), 'utf8'))

async function gatewayValues(settings: Settings, layout: Layout): Promise<Record<string, string>> {
  const { counts, ports } = settings
  const servers = (kind: string, count: number): string =>
    // Nginx refuses an upstream without servers; one that is not there answers 502.
    instancesOf(kind, Math.max(count, 1))
      .map((instance, index) => `server "unix:${serviceSocket(layout, instance)}" ${placeOf(index, count)};`)
      .join('\n    ')
  // From 1.25.1 on a directive; before it, a parameter of `listen`.
  const http2: Record<string, string> = (await hasHttp2Directive())
    ? { HTTPS_LISTEN_PARAMETERS: 'ssl', HTTP2_DIRECTIVE: 'http2 on;' }
    : {}
  return {
    ...http2,
    ...gatewayFiles(gatewayDefaults(), hardOpenFileLimit()),
    WORKER_PROCESSES: String(counts.gatewayWorkers),
    STATE_DIR: workFolder(layout),
    DOCS_DIR: docsFolder(layout),
    AUTH_CACHE_DIR: authenticationCache(layout),
    STATUS_LISTEN: `unix:${workFolder(layout)}/status.sock`,
    HTTP_LISTEN: `127.0.0.1:${ports.gateway}`,
    HTTPS_LISTEN: `127.0.0.1:${ports.gatewayTls}`,
    PAYMENT_SERVERS: servers('payment-service', counts.paymentService),
    INQUIRY_SERVERS: servers('inquiry-service', counts.inquiryService),
    WORKER_SERVERS: servers('payment-worker', counts.paymentWorker),
    EVENT_SERVERS: servers('event-services', counts.eventServices),
    TLS_CERTIFICATE: join(layout.tls, 'tls.crt'),
    TLS_CERTIFICATE_KEY: join(layout.tls, 'tls.key'),
  }
}

/**
 * Instances on one machine are filled one after the other: the second one is for what the first one cannot take, and for
 * when it is gone. A process that serves all of the peak's reads takes 131 µs of CPU for each, two that share them 181:
 * each wakes up for one request at a time then, to cold caches (docs/adr/0011-cpu-of-a-request.md).
 */
function placeOf(index: number, count: number): string {
  const place = index > 0 ? ' backup' : count > 1 ? ` max_conns=${FILLED_AT_REQUESTS}` : ''
  return `max_fails=3 fail_timeout=2s${place}`
}

async function makeCertificate(layout: Layout): Promise<void> {
  const args = [join(GATEWAY_FOLDER, 'make-dev-certificate.sh'), layout.tls]
  await runCommand({ file: '/bin/sh', args, env: childEnvironment(), timeoutMs: COMMAND_TIMEOUT_MS })
}

async function hasHttp2Directive(): Promise<boolean> {
  // nginx writes its version to standard error.
  const args = ['-c', '"$1" -v 2>&1', 'sh', nginx()]
  const text = await runCommand({ file: '/bin/sh', args, timeoutMs: COMMAND_TIMEOUT_MS })
  const [major = 0, minor = 0, patch = 0] = (/nginx\/(\d+)\.(\d+)\.(\d+)/.exec(text) ?? []).slice(1).map(Number)
  return major * 1_000_000 + minor * 1000 + patch >= 1_025_001
}

function nginx(): string {
  const file = findExecutable('nginx')
  if (file === undefined) throw new ClusterError('missing_tool', 'nginx is missing', { remedy: 'npm run doctor' })
  return file
}
