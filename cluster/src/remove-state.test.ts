import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { layoutOf, type Layout } from './layout.ts'
import { removeState } from './remove-state.ts'

let folder: string
let layout: Layout
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paycluster-reset-'))
  layout = layoutOf({ stateDir: folder, toolsDir: join(folder, 'tools') })
  mkdirSync(layout.redis)
  writeFileSync(join(layout.redis, 'dump.rdb'), '')
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

describe('removeState', () => {
  it('deletes what a cluster made, and nothing else', () => {
    writeFileSync(layout.secrets, '{}')
    mkdirSync(join(folder, 'load'))
    removeState(layout)
    expect([layout.redis, layout.secrets, join(folder, 'load')].map((path) => existsSync(path))).toEqual([
      false,
      false,
      true,
    ])
  })

  it('leaves a folder alone that no cluster has made, whatever its names', () => {
    expect(() => {
      removeState(layout)
    }).toThrow(expect.objectContaining({ code: 'not_a_state_folder' }))
    expect(existsSync(join(layout.redis, 'dump.rdb'))).toBe(true)
  })
})
