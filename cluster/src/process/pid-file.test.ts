import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { waitUntil } from '../wait.ts'
import { readLivePidFiles, writePidFile } from './pid-file.ts'
import { groupIsAlive, signalGroup } from './process-group.ts'

const NODE = { name: 'redis', role: 'cache', address: '127.0.0.1:1' }

let folder: string
let child: ChildProcess
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paycluster-pid-'))
})
afterEach(() => {
  if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
  rmSync(folder, { recursive: true })
})

function start(file: string, ...args: string[]): number {
  child = spawn(file, args, { detached: true, stdio: 'ignore' })
  if (child.pid === undefined) throw new Error('it did not start')
  return child.pid
}

describe('pid files', () => {
  it('name a process as long as it lives', async () => {
    const pid = start('sleep', '60')
    writePidFile(folder, NODE, pid)
    expect(readLivePidFiles(folder)).toMatchObject([{ node: 'redis', pid }])
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(readLivePidFiles(folder)).toEqual([])
    expect(readdirSync(folder)).toEqual([])
  })

  it('do not mean another process that was given the same pid', () => {
    writePidFile(folder, NODE, start('sleep', '60'))
    const path = join(folder, 'redis.pid.json')
    const record = JSON.parse(readFileSync(path, 'utf8')) as object
    writeFileSync(path, JSON.stringify({ ...record, started: '1' }))
    expect(readLivePidFiles(folder)).toEqual([])
  })

  it('also find the children that a killed process left', async () => {
    const pid = start('sh', '-c', 'sleep 60 & sleep 60 & wait')
    await waitUntil('the children', 5000, () => (childrenOf(pid) === 2 ? undefined : 'not yet'))
    writePidFile(folder, NODE, pid)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(groupIsAlive(pid)).toBe(true)
    expect(readLivePidFiles(folder)).toHaveLength(1)
    signalGroup(pid, 'SIGKILL')
    await waitUntil('the children to end', 5000, () => (groupIsAlive(pid) ? 'they live' : undefined))
    expect(readLivePidFiles(folder)).toEqual([])
  })

  it('that cannot be read are thrown away', () => {
    start('true')
    writeFileSync(join(folder, 'x.pid.json'), '{')
    expect(readLivePidFiles(folder)).toEqual([])
    expect(readdirSync(folder)).toEqual([])
  })
})

const childrenOf = (pid: number): number =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((text) => text.trim() !== '').length
