import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { COLLATION_ARGS } from '@paycluster/cluster/postgres/initialise'
import { templateVariables } from '@paycluster/platform/template/render-template'
import { parse } from 'yaml'
import { z } from 'zod'

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const stringOrList = z.union([z.string(), z.array(z.string())])
const serviceSchema = z.object({
  image: z.string(),
  user: z.string(),
  command: stringOrList.optional(),
  restart: z.string(),
  stop_grace_period: z.string().optional(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  profiles: z.array(z.string()).optional(),
  healthcheck: z.object({ test: z.array(z.string()), interval: z.string(), retries: z.int() }).optional(),
  deploy: z.object({ resources: z.object({ limits: z.object({ memory: z.string(), pids: z.int() }) }) }),
  depends_on: z.record(z.string(), z.object({ condition: z.string(), required: z.boolean().optional() })).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  volumes: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  networks: z.array(z.string()),
})
const fileSchema = z.object({
  name: z.string(),
  'x-images': z.record(z.string(), z.string()),
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
  networks: z.record(z.string(), z.object({ internal: z.boolean() }).nullable()),
})

const text = read('docker-compose.yml')
const file = fileSchema.parse(parse(text, { merge: true }))
const services = Object.entries(file.services)
/** Containers that end; the others are to stay up. */
const ONE_SHOTS = ['migrate', 'demo-data', 'kafka-topics', 'k6']
const lasting = services.filter(([name]) => !ONE_SHOTS.includes(name))

describe('docker compose config', () => {
  const INSTALL_TIMEOUT_MS = 600_000
  let compose: string[] = []

  beforeAll(() => {
    // Finds the plugin, or builds Compose from its Go module. Exit 3: neither is possible on this machine.
    const found = spawnSync(join(root, 'deploy/compose/install-compose.sh'), { encoding: 'utf8' })
    if (found.status !== 3) {
      expect(`${String(found.status)} ${found.status === 0 ? '' : found.stderr}`).toBe('0 ')
      compose = found.stdout.trim().split(' ')
    }
  }, INSTALL_TIMEOUT_MS)

  function config(...args: string[]): string {
    const [command = '', ...rest] = compose
    const env = { PATH: process.env.PATH, HOME: process.env.HOME }
    const profiles = ['load', 'demo'].flatMap((name) => ['--profile', name])
    return execFileSync(command, [...rest, '--env-file', '.env.example', ...profiles, 'config', ...args], {
      cwd: root,
      env,
      encoding: 'utf8',
    })
  }

  it('accepts the file, and resolves the same services and the settings of the gateway', () => {
    if (compose.length === 0) {
      process.stderr.write('neither Docker Compose nor Go is on this machine: docker compose config was not run\n')
      return
    }
    expect(config('--quiet')).toBe('')
    const resolved = z
      .object({ services: z.record(z.string(), z.object({ environment: z.record(z.string(), z.string()).nullish() })) })
      .parse(JSON.parse(config('--format', 'json')))
    expect(Object.keys(resolved.services).sort()).toEqual(services.map(([name]) => name).sort())
    expect(resolved.services.gateway?.environment).toMatchObject({
      HTTPS_LISTEN_PARAMETERS: 'ssl',
      LIMIT_PEAK_RATE: '20000r/s',
      NGINX_USER_DIRECTIVE: '',
      INQUIRY_SERVERS:
        'server inquiry-service-1:3000 resolve max_fails=3 fail_timeout=2s; server inquiry-service-2:3000 resolve max_fails=3 fail_timeout=2s;',
    })
    expect(resolved.services['payment-worker']?.environment).toMatchObject({ KAFKA_BROKERS: 'kafka:9092' })
  })
})

describe('docker-compose.yml', () => {
  it.each(services)('%s has no rights that it does not need, and bounds', (_name, service) => {
    expect(service.user).not.toMatch(/^(root|0)(:|$)/)
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toContain('no-new-privileges:true')
  })

  it.each(lasting)('%s has a health check, comes back, and has time to stop', (_name, service) => {
    expect(service.healthcheck).toBeDefined()
    expect(service.restart).toBe('unless-stopped')
    expect(service.stop_grace_period).toBeDefined()
  })

  it.each(services)('%s waits for what it needs: health of what stays, completion of what ends', (_name, service) => {
    for (const [dependency, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(Object.keys(file.services)).toContain(dependency)
      const ends = ONE_SHOTS.includes(dependency)
      expect(condition).toBe(ends ? 'service_completed_successfully' : 'service_healthy')
    }
  })

  it.each(services)('%s mounts only files and volumes that exist, with scripts that can be run', (_name, service) => {
    for (const volume of service.volumes ?? []) {
      const [source = '', target = ''] = volume.split(':')
      if (!source.startsWith('./')) expect(Object.keys(file.volumes)).toContain(source)
      else expect([source, existsSync(join(root, source))]).toEqual([source, true])
      if (target.endsWith('.sh')) expect(statSync(join(root, source)).mode & 0o111).toBe(0o111)
    }
  })

  it('publishes the gateway alone, on the loopback by default, and keeps the rest apart', () => {
    for (const [name, { ports = [], networks }] of services) {
      // What asks for no key is on the loopback, whatever the settings are.
      const address = name === 'traffic-generator' ? /^127\.0\.0\.1:/ : /^\$\{GATEWAY_ADDRESS:-127\.0\.0\.1\}:/
      for (const port of ports) expect(port).toMatch(address)
      expect([name, ports.length > 0]).toEqual([name, ['gateway', 'traffic-generator'].includes(name)])
      expect([name, networks.includes('edge')]).toEqual([name, ['gateway', 'k6', 'traffic-generator'].includes(name)])
      expect([name, networks.includes('egress')]).toEqual([name, name === 'event-services'])
    }
    expect(file.networks.backend).toEqual({ internal: true })
  })

  it('generates traffic for who asks for the profile', () => {
    const { profiles, networks } = file.services['traffic-generator'] ?? {}
    expect([profiles, networks]).toEqual([['demo'], ['edge']])
  })

  it('gives payment-service no database', () => {
    expect(JSON.stringify(file.services['payment-service'])).not.toContain('postgres')
  })

  it('mounts the folder that holds the data of PostgreSQL 18', () => {
    for (const name of ['postgres-primary', 'postgres-replica-1', 'postgres-replica-2'])
      expect(file.services[name]?.volumes).toContain(`${name}:/var/lib/postgresql`)
  })

  it('makes the database with the collation of the native cluster', () => {
    expect(file.services['postgres-primary']?.environment?.POSTGRES_INITDB_ARGS).toBe(COLLATION_ARGS.join(' '))
  })

  it('has the demonstration loaded when it is up, and needs it for nothing', () => {
    expect(file.services.gateway?.depends_on?.['demo-data']).toEqual({
      condition: 'service_completed_successfully',
      required: false,
    })
  })

  it('pins every image once, and the Node of package.json', () => {
    const images = Object.values(file['x-images'])
    for (const image of images) expect(text.split(image)).toHaveLength(2)
    for (const [, service] of services) expect(images).toContain(service.image)
    const { dependencies } = z
      .object({ dependencies: z.object({ node: z.string() }) })
      .parse(JSON.parse(read('package.json')))
    expect(file['x-images'].node).toContain(`node:${dependencies.node}-slim`)
    expect(read('Dockerfile')).toContain(`ARG NODE_IMAGE=node:${dependencies.node}-slim`)
    const [, nginx = ''] = /:-(.*)\}/.exec(file['x-images'].nginx ?? '') ?? []
    expect(read('Dockerfile')).toContain(`ARG NGINX_IMAGE=${nginx}\n`)
    // A frontend of its own would be one more image from outside, under a tag that moves.
    expect(read('Dockerfile')).not.toMatch(/^#\s*syntax\s*=/im)
  })

  it('documents every setting, with the default that the file has', () => {
    const examples = parseEnv(read('.env.example'))
    const used = [...text.matchAll(/\$\{([A-Z_]+):-([^}]*)\}/g)].map(([, name = '', value = '']) => ({ name, value }))
    for (const { name, value } of used) {
      if (name.endsWith('_IMAGE') || ['PROFILE', 'K6_MEMORY_LIMIT', 'KAFKA_CLUSTER_ID'].includes(name)) continue
      expect([name, examples[name]]).toEqual([name, value])
    }
  })

  it('sets every variable of the gateway that has no default', () => {
    const templates = ['nginx', 'authentication', 'gateway', 'docs', 'upstreams', 'status', 'limits', 'key-limits']
    const defaults = parseEnv(read('gateway/defaults.env'))
    const environment = file.services.gateway?.environment ?? {}
    for (const template of templates)
      for (const name of templateVariables(read(`gateway/templates/${template}.conf.template`)))
        expect([name, name in environment || name in defaults]).toEqual([name, true])
  })
})
