import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { layoutOf, type Layout } from './layout.ts'
import { folderProblem, makeFolders } from './state-folder.ts'

/** `nobody`: someone who is not root. */
const UNPRIVILEGED_UID = 65_534

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paycluster-state-'))
})
afterEach(() => {
  chmodSync(folder, 0o700)
  rmSync(folder, { recursive: true })
})

const layoutIn = (name: string): Layout => layoutOf({ stateDir: join(folder, name), toolsDir: join(folder, 'tools') })

/** Root may write everywhere, so that it becomes somebody else for a moment. */
function unprivileged(work: () => void): void {
  const isRoot = process.getuid?.() === 0
  if (isRoot) process.seteuid?.(UNPRIVILEGED_UID)
  try {
    work()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

describe('makeFolders', () => {
  it('makes the state folder, also below a path with blanks and quotes', () => {
    const layout = layoutIn("Zoë's pay cluster")
    expect(folderProblem(layout)).toBeUndefined()
    makeFolders(layout)
    expect(existsSync(layout.logs)).toBe(true)
    rmSync(layout.sockets, { recursive: true, force: true })
  })

  it('says in one line that it may not write, and the way out', () => {
    chmodSync(folder, 0o555)
    const layout = layoutIn('state')
    // Reads the project's own files once, while they can be read: below /root, nobody else may.
    folderProblem(layout)
    unprivileged(() => {
      expect(() => {
        makeFolders(layout)
      }).toThrow(
        expect.objectContaining({
          code: 'not_writable',
          message: expect.stringContaining(`cannot write to ${folder}/state`),
          remedy: expect.stringContaining('PAYCLUSTER_STATE_DIR'),
        }),
      )
    })
  })

  it('refuses a folder below a file before it makes anything', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(folderProblem(layoutIn('file/state'))).toMatchObject({ code: 'not_writable' })
  })

  it('says in one line that a file system has no room for folders, instead of trying for ever', () => {
    // In a process of its own: what tries for ever there is no timer of this one's.
    const program = `
      import { layoutOf } from '${join(import.meta.dirname, 'layout.ts')}'
      import { makeFolders } from '${join(import.meta.dirname, 'state-folder.ts')}'
      makeFolders(layoutOf({ stateDir: '/proc/payment-cluster', toolsDir: '${folder}' }))`
    const args = ['--conditions=source', '--input-type=module', '--eval', program]
    const { stderr, signal } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 })
    expect(signal).toBeNull()
    expect(stderr).toMatch(/ClusterError: \S+ cannot write to \/proc\/payment-cluster/)
  }, 30_000)

  it.each(['a"b', 'a\\b', 'a$b', 'a,b', 'a:b', 'a\nb'])('refuses a path that no configuration can hold: %j', (name) => {
    expect(folderProblem(layoutIn(name))).toMatchObject({ code: 'unsupported' })
  })
})
