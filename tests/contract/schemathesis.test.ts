import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installerEnvironment } from '@paycluster/cluster/process/installer-environment'
import { clientSchema, EXAMPLE_IDS, pageSchema, SCOPES } from '@paycluster/contracts'
import { OPERATIONS } from '@paycluster/contracts/operations'
import { ApiClient } from '@paycluster/testkit/api-client'
import { CLUSTER_START_MS, startTestCluster, type TestCluster } from '@paycluster/testkit/test-cluster'

/**
 * Schemathesis drives a cluster from the document that its gateway serves: with the examples, at every bound of every
 * schema, with random requests that fit and that do not, and from one answer on to what it links to. Whatever is not
 * documented fails: a status, a content type, a header, a body, a code; and any 5xx.
 */
const INSTALL_TIMEOUT_MS = 300_000
const RUN_TIMEOUT_MS = 420_000
const ENDS_KEYS = '/v1/ops/keys/.+/(rotate|revoke)$'
/** The same requests each time. */
const SEED = '1'
const MAX_EXAMPLES = '5'
/** With two, requests come in another order each time, and Python 3.11's parser, which is for one thread, gives out. */
const WORKERS = '1'
/** A request that failed may be as long as an address can be. */
const MAX_SHOWN = 20_000

const folder = mkdtempSync(join(tmpdir(), 'schemathesis-'))
let cluster: TestCluster
let schemathesis = ''

beforeAll(() => {
  const script = join(import.meta.dirname, 'install-schemathesis.sh')
  const tools = join(import.meta.dirname, '../../.tools')
  const env = installerEnvironment()
  const installed = spawnSync(script, [tools], { encoding: 'utf8', env, timeout: INSTALL_TIMEOUT_MS })
  if (installed.status === 3) return
  expect(`${String(installed.status)} ${installed.status === 0 ? '' : installed.stderr}`).toBe('0 ')
  schemathesis = installed.stdout.trim()
}, INSTALL_TIMEOUT_MS)
beforeAll(async () => {
  // With a bank, so that everything that the API has can be done.
  cluster = await startTestCluster({
    counts: { bankSimulator: 1, eventServices: 1 },
    // Of endpoints with random names little is to be had.
    services: { eventServicesEnv: { WEBHOOK_TIMEOUT_MS: '100', WEBHOOK_MAX_IN_FLIGHT: '1' } },
  })
}, CLUSTER_START_MS)
afterAll(async () => {
  await cluster.stop()
  rmSync(folder, { recursive: true, force: true })
}, CLUSTER_START_MS)

it(
  'answers every request as its documentation says',
  async () => {
    if (schemathesis === '') {
      process.stderr.write('there is no Python with venv on this machine: Schemathesis was not run\n')
      return
    }
    const [source = '', destination = ''] = [...cluster.demo.customers, ...cluster.demo.merchants.slice(0, 1)].slice(-2)
    const paid = await cluster.api.payAndWait({ source, destination, amount: 3 })
    const served = await (await fetch(`${cluster.url}/docs/openapi.json`)).text()
    // Its examples are of no cluster: here they are of this one.
    const document = served
      .replaceAll(EXAMPLE_IDS.customer, source)
      .replaceAll(EXAMPLE_IDS.merchant, destination)
      .replaceAll(EXAMPLE_IDS.payment, String(paid.body.id))
    writeFileSync(join(folder, 'openapi.json'), document)
    writeFileSync(join(folder, 'schemathesis.toml'), configuration(paid.headers.get('consistency-token') ?? ''))
    const key = await keyWithEveryScope()
    // What ends keys comes last, and alone: it knows the id of none, so that the run does not end its own.
    const ending = ['--include-path-regex', ENDS_KEYS, '--phases', 'examples,coverage,fuzzing']
    const runs = [drive(key, '--exclude-path-regex', ENDS_KEYS), drive(key, ...ending)]
    // All operations, each of them with something to do.
    expect(runs.reduce((sum, { tested }) => sum + tested, 0)).toBe(OPERATIONS.length)
    expect(runs.reduce((sum, { generated }) => sum + generated, 0)).toBeGreaterThan(300)
  },
  RUN_TIMEOUT_MS,
)

interface Driven {
  /** Operations. */
  readonly tested: number
  /** Requests. */
  readonly generated: number
}

function drive(key: string, ...which: string[]): Driven {
  const run = spawnSync(
    schemathesis,
    [
      ...['--config-file', 'schemathesis.toml', 'run', 'openapi.json', '--url', cluster.url, '--no-color', ...which],
      ...['--header', `Authorization: Bearer ${key}`],
      ...['--seed', SEED, '--max-examples', MAX_EXAMPLES, '--workers', WORKERS, '--generation-database', 'none'],
    ],
    { cwd: folder, encoding: 'utf8', timeout: RUN_TIMEOUT_MS },
  )
  expect([run.status, run.status === 0 ? '' : (run.stdout + run.stderr).slice(0, MAX_SHOWN)]).toEqual([0, ''])
  const number = (pattern: RegExp): number => Number(pattern.exec(run.stdout)?.[1]?.replaceAll(',', ''))
  return { tested: number(/Tested: (\d+)\n/), generated: number(/([\d,]+) generated/) }
}

/** Of the demonstration's client, whose accounts the examples name. */
async function keyWithEveryScope(): Promise<string> {
  const ops = new ApiClient(cluster.url, cluster.demo.opsKey)
  const clients = pageSchema(clientSchema).parse((await ops.get('/v1/ops/clients?limit=100')).body).data
  const client_id = clients.find(({ name }) => name === 'demo')?.id
  const made = await ops.post('/v1/ops/keys', { client_id, scopes: [...SCOPES], limit_tier: 'peak' })
  expect(made.status).toBe(201)
  return String(made.body.api_key)
}

/** @param token  a random one is of a state to come, which no node has: 503 `replica_lag`, as it should be */
const configuration = (token: string): string => `
[parameters]
"header.Consistency-Token" = "${token}"

# What fits the schema and is refused: a cursor that was never given out, a key that was used with another body.
[checks]
positive_data_acceptance.enabled = false

# What does not fit may also be too long before anybody looks at its form.
[checks.negative_data_rejection]
expected-statuses = [400, 401, 404, 405, 413, 414, 415, 422, 431]
`
