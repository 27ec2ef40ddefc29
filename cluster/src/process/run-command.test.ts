import { describe, expect, it } from '@jest/globals'
import { runCommand } from './run-command.ts'

const shell = (script: string, more: { timeoutMs?: number; signal?: AbortSignal; input?: string } = {}) =>
  runCommand({ file: '/bin/sh', args: ['-c', script], timeoutMs: 5000, ...more })

describe('runCommand', () => {
  it('returns standard output', async () => {
    expect(await shell('echo out; echo err >&2')).toBe('out\n')
    expect(await shell('cat', { input: 'in' })).toBe('in')
  })

  it('fails with the end of what it said', async () => {
    await expect(shell('echo why >&2; exit 3')).rejects.toMatchObject({ code: 'command_failed', context: 'why' })
    await expect(runCommand({ file: '/no/such', args: [], timeoutMs: 5000 })).rejects.toThrow('could not be run')
  })

  it('ends what takes too long, with its children', async () => {
    await expect(shell('sleep 60 & wait', { timeoutMs: 100 })).rejects.toMatchObject({ code: 'timed_out' })
  })

  it('can be aborted', async () => {
    const abort = new AbortController()
    const running = shell('sleep 60', { signal: abort.signal })
    abort.abort()
    await expect(running).rejects.toMatchObject({ code: 'aborted' })
    await expect(shell('true', { signal: abort.signal })).rejects.toMatchObject({ code: 'aborted' })
  })
})
