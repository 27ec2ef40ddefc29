import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import { takePortBlock } from './port-block.ts'
import { portOwner } from './port-owner.ts'

describe('the program that holds a port', () => {
  it('is told in one line of bounded length, were its arguments a script', async () => {
    const block = await takePortBlock()
    const script = `
      require('node:net')
        .createServer()
        .listen(${block.ports.redis}, '127.0.0.1', () => console.log('listening'))
      // ${'and so on '.repeat(20)}`
    const stranger = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(stranger.stdout, 'data')
    const owner = portOwner(block.ports.redis)
    stranger.kill('SIGKILL')
    await once(stranger, 'exit')
    block.release()
    expect(owner?.pid).toBe(stranger.pid)
    expect(owner?.command).toMatch(/^[^\n]{10,61}$/)
  })
})
