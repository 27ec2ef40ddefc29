import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { layoutOf, type Layout } from '../layout.ts'
import { takeLock } from '../supervisor/cluster-lock.ts'
import {
  authenticationCache,
  prepareAuthenticationCache,
  removeAuthenticationCache,
  removeDeadAuthenticationCaches,
} from './authentication-cache.ts'

let folder: string
let layout: Layout
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paycluster-cache-'))
  layout = layoutOf({ stateDir: join(folder, 'state'), toolsDir: '.tools' })
})
afterEach(() => {
  removeAuthenticationCache(layout)
  rmSync(layout.sockets, { recursive: true, force: true })
  rmSync(folder, { recursive: true })
})

describe('the authentication cache', () => {
  it('lies in a folder that others pass through and cannot list, and goes with its cluster', () => {
    prepareAuthenticationCache(layout)
    const outer = dirname(authenticationCache(layout))
    expect(statSync(outer).mode & 0o777).toBe(0o711)
    removeAuthenticationCache(layout)
    expect(existsSync(outer)).toBe(false)
  })

  it('is removed when its owner is dead, and only then', () => {
    const states = ['0', '1', '2'].map((digit) => ({
      state: join(folder, `state-${digit}`),
      cache: join(folder, `paycluster-${digit.repeat(12)}`),
    }))
    for (const { state, cache } of states) {
      mkdirSync(join(state, 'run'), { recursive: true })
      mkdirSync(cache)
      if (!cache.endsWith('2')) writeFileSync(join(cache, 'owner'), state)
    }
    const unlock = takeLock(join(folder, 'state-1/run/cluster.lock'))
    removeDeadAuthenticationCaches(folder)
    unlock()
    // The last one names no owner: it is being made.
    expect(states.map(({ cache }) => existsSync(cache))).toEqual([false, true, true])
  })
})
