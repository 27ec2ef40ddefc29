import { describe, expect, it } from '@jest/globals'
import { cpuOf, parseMachineCpu, parseProcStat, parseStatm, residentBytes, treesOf } from './proc-stat.ts'

const line = (pid: number, command: string, ppid: number, times: string) =>
  `${pid} (${command}) S ${ppid} ${pid} ${pid} 0 -1 4194304 100 200 0 0 ${times} 20 0 1 0 12345 1000 50 18446744073709551615`

describe('/proc/<pid>/stat', () => {
  it('gives parent and CPU time, its own and that of the children it waited for', () => {
    expect(parseProcStat(line(42, 'node', 1, '100 50 7 3'))).toEqual({ pid: 42, ppid: 1, cpuTicks: 160 })
  })

  it('may name a command with blanks and brackets', () => {
    expect(parseProcStat(line(42, 'nginx: worker) (x', 7, '1 2 0 0'))).toEqual({ pid: 42, ppid: 7, cpuTicks: 3 })
  })

  it('of a process that ended meanwhile is nothing', () => {
    expect(parseProcStat('')).toBeUndefined()
  })
})

describe('the CPU time of a node', () => {
  const stats = [
    { pid: 10, ppid: 1, cpuTicks: 100 },
    { pid: 11, ppid: 10, cpuTicks: 200 },
    { pid: 12, ppid: 11, cpuTicks: 50 },
    { pid: 20, ppid: 1, cpuTicks: 7 },
  ]

  it('includes all descendants', () => {
    const trees = treesOf([10, 20], stats)
    expect(cpuOf(trees.get(10) ?? [])).toBe(3.5)
    expect(cpuOf(trees.get(20) ?? [])).toBe(0.07)
  })

  it('is not known of a node that is gone', () => {
    expect(treesOf([99], stats).size).toBe(0)
  })
})

describe('the machine', () => {
  it('is busy when it is neither idle nor waiting for disks', () => {
    expect(parseMachineCpu('cpu  100 0 50 800 40 0 10 0 0 0\ncpu0 1 2 3')).toEqual({ busyS: 1.6, totalS: 10 })
  })

  it('tells the resident memory of a tree, what its processes share only once', () => {
    const resident = ['5000 1000 600 1 0 2 0', '5000 900 700 1 0 2 0'].flatMap((text) => parseStatm(text) ?? [])
    expect(residentBytes(resident)).toBe((400 + 200 + 700) * 4096)
    expect(parseStatm('')).toBeUndefined()
  })
})
