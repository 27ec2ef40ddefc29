import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { ClusterError } from '../cluster-error.ts'
import { askSupervisor } from './control-client.ts'
import { serveControl } from './control-server.ts'
import type { ControlRequest } from './control.ts'

let folder: string
let path: string
let server: Server
let asked: ControlRequest[]
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paycluster-control-'))
  path = join(folder, 'control.sock')
  asked = []
  server = await serveControl(path, (request) => {
    asked.push(request)
    if (request.do === 'start') throw new ClusterError('node_failed', 'it ended', { context: 'its last line' })
    return Promise.resolve({ ok: true, nodes: [] })
  })
})
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true })
})

describe('the control socket', () => {
  it('carries a request and its answer', async () => {
    const request = { do: 'kill', node: 'kafka', signal: 'SIGKILL', restart: false } as const
    expect(await askSupervisor(path, request, 1000)).toEqual([])
    expect(asked).toEqual([request])
  })

  it('carries why something failed', async () => {
    await expect(askSupervisor(path, { do: 'start', node: 'kafka' }, 1000)).rejects.toMatchObject({
      message: 'it ended',
      context: 'its last line',
    })
  })

  it('is for its owner alone', () => {
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('answers nonsense with an error and drops what never ends', async () => {
    const answer = await exchange('nonsense\n')
    expect(JSON.parse(answer)).toMatchObject({ ok: false })
    expect(await exchange('x'.repeat(100_000))).toBe('')
    expect(asked).toEqual([])
  })

  it('says so when nobody listens', async () => {
    await expect(askSupervisor(join(folder, 'none.sock'), { do: 'status' }, 1000)).rejects.toMatchObject({
      code: 'not_running',
    })
  })
})

function exchange(text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(path, () => socket.write(text))
    socket.on('data', (data) => (answer += data.toString()))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      resolve(answer)
    })
  })
}
