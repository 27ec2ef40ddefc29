import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { removeDeadSharedMemory } from './shared-memory.ts'

const OWN_UID = process.getuid?.() ?? 0

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paycluster-shm-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** As PostgreSQL writes it: magic, items, their most, then 40 bytes an item that begin with its handle. */
function writeControl(handle: number, items: readonly number[]): void {
  const control = Buffer.alloc(16 + 64 * 40)
  control.writeUInt32LE(0x9a503d32, 0)
  control.writeUInt32LE(items.length, 4)
  control.writeUInt32LE(64, 8)
  for (const [n, item] of items.entries()) control.writeUInt32LE(item, 16 + n * 40)
  writeFileSync(join(folder, `PostgreSQL.${handle}`), control)
}

describe('removeDeadSharedMemory', () => {
  it('removes a control segment that nobody maps and what it names, and nothing else', () => {
    writeControl(10, [11, 4_294_967_290])
    for (const name of ['PostgreSQL.11', 'PostgreSQL.4294967290', 'PostgreSQL.12', 'other']) {
      writeFileSync(join(folder, name), Buffer.alloc(64))
    }
    removeDeadSharedMemory(OWN_UID, folder)
    expect(readdirSync(folder).sort()).toEqual(['PostgreSQL.12', 'other'])
  })

  it('leaves those of another user', () => {
    writeControl(10, [])
    removeDeadSharedMemory(OWN_UID + 1, folder)
    expect(readdirSync(folder)).toEqual(['PostgreSQL.10'])
  })
})
