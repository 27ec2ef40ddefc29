/** The first inquiry-service hangs, as a process that is stopped does: its socket accepts, and nobody answers. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { send } from './test/send.ts'
import { keyOf, startStandIn, type StandIn } from './test/stand-in.ts'
import { makeFolder, startGateway, waitUntil, type Gateway } from './test/start-gateway.ts'

const READERS = 36
/** Past fail_timeout (2 s) twice, so that the hung instance is tried again meanwhile. */
const HUNG_MS = 6_000
/** READ_TIMEOUT, after which the second instance is asked, and what a slow machine adds. */
const LONGEST_MS = 3_000 + 1_000

const folder = makeFolder()
let gateway: Gateway
let payment: StandIn
let first: ChildProcess
let second: ChildProcess

beforeAll(async () => {
  const [firstSocket, secondSocket] = [join(folder, 'inquiry-1.sock'), join(folder, 'inquiry-2.sock')]
  payment = await startStandIn(join(folder, 'payment.sock'))
  first = await startInstance(firstSocket, 'first')
  second = await startInstance(secondSocket, 'second')
  gateway = await startGateway(folder, {
    // As the native cluster names them: see cluster/src/nodes/gateway.ts.
    INQUIRY_SERVERS:
      `server "unix:${firstSocket}" max_fails=3 fail_timeout=2s max_conns=64; ` +
      `server "unix:${secondSocket}" max_fails=3 fail_timeout=2s backup;`,
  })
})
afterAll(async () => {
  await gateway.stop()
  await payment.stop()
  for (const instance of [first, second]) {
    instance.kill('SIGKILL')
    await once(instance, 'exit')
  }
  rmSync(folder, { recursive: true, force: true })
})

async function startInstance(socket: string, name: string): Promise<ChildProcess> {
  const program = join(import.meta.dirname, 'test/stand-in-process.ts')
  const instance = spawn(process.execPath, [program, socket, name], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(instance.stdout, 'data')
  return instance
}

interface Read {
  readonly status: number
  readonly body: string
  readonly tookMs: number
}

async function read(key: string): Promise<Read> {
  const startedAtMs = performance.now()
  const { status, body } = await send(gateway.port, '/v1/payments', { headers: { authorization: key } })
  return { status, body, tookMs: performance.now() - startedAtMs }
}

const from = (instance: string): string => JSON.stringify({ instance })

it('is not waited for by a key that the gateway does not know', async () => {
  first.kill('SIGSTOP')
  expect(await read(keyOf('peak', 'stranger'))).toMatchObject({ status: 200, body: from('second') })
  first.kill('SIGCONT')
  await waitUntil(
    async () => (await read(keyOf('peak', 'stranger'))).body === from('first'),
    'the first instance is back',
  )
}, 30_000)

it('is left out while it hangs: every read is answered by the second within READ_TIMEOUT, and used again after', async () => {
  const key = keyOf('peak', 'reader')
  expect(await read(key)).toMatchObject({ status: 200, body: from('first') })

  first.kill('SIGSTOP')
  const untilMs = performance.now() + HUNG_MS
  const reads: Read[] = []
  await Promise.all(
    Array.from({ length: READERS }, async () => {
      while (performance.now() < untilMs) reads.push(await read(key))
    }),
  )
  expect(new Set(reads.map(({ status, body }) => `${String(status)} ${body}`))).toEqual(
    new Set([`200 ${from('second')}`]),
  )
  expect(Math.max(...reads.map(({ tookMs }) => tookMs))).toBeLessThan(LONGEST_MS)
  // Left out, not waited for by every read: those who were first waited, and since then a probe every 2 s.
  const waited = reads.filter(({ tookMs }) => tookMs > 1_000).length
  expect(waited).toBeLessThan(READERS + 10)
  expect(reads.length).toBeGreaterThan(2 * waited)

  first.kill('SIGCONT')
  await waitUntil(async () => (await read(key)).body === from('first'), 'the first instance is used again')
}, 30_000)
