import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { takePortBlock } from './port-block.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paycluster-ports-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

describe('takePortBlock', () => {
  it('never hands the same block out twice, and again once it is given back', async () => {
    const [one, two] = await Promise.all([takePortBlock(folder), takePortBlock(folder)])
    expect(one.ports.gateway).not.toBe(two.ports.gateway)
    one.release()
    const three = await takePortBlock(folder)
    expect(three.ports.gateway).toBe(one.ports.gateway)
  })

  it('passes over a block in which a stranger listens', async () => {
    const first = await takePortBlock(folder)
    first.release()
    const stranger = createServer()
    await new Promise<void>((resolve) => stranger.listen(first.ports.redis, '127.0.0.1', resolve))
    const next = await takePortBlock(folder)
    await new Promise((resolve) => stranger.close(resolve))
    expect(next.ports.gateway).toBeGreaterThan(first.ports.gateway)
  })

  it('takes over the block of a process that has ended', async () => {
    const block = await takePortBlock(folder)
    block.release()
    const lock = { pid: process.pid, started: 'another time', since: new Date().toISOString() }
    writeFileSync(join(folder, String(block.ports.gateway)), JSON.stringify(lock))
    expect((await takePortBlock(folder)).ports.gateway).toBe(block.ports.gateway)
  })

  it('stays below the ephemeral ports', async () => {
    const { ports } = await takePortBlock(folder)
    expect(Math.max(...Object.values(ports))).toBeLessThan(32_768)
  })
})
