import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { layoutOf } from '../layout.ts'
import { listStrayData, prepareServerHome, removeServerData } from './server-home.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paycluster-home-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

describe('listStrayData', () => {
  it('names the ledgers of state folders that are not there, and deletes none', () => {
    const shared = join(folder, 'shared')
    const [used, lost, replaced] = ['used', 'lost', 'replaced'].map((name) => {
      mkdirSync(join(shared, name), { recursive: true })
      writeFileSync(join(shared, name, 'origin'), join(folder, name))
      return { folder: join(shared, name), state: join(folder, name) }
    })
    for (const state of ['used', 'replaced']) mkdirSync(join(folder, state))
    symlinkSync(join(shared, 'used'), join(folder, 'used', 'postgres'))
    expect(listStrayData(shared)).toEqual([lost, replaced])
    expect([used, lost, replaced].every((data) => existsSync(String(data?.folder)))).toBe(true)
  })
})

/** Only root's servers run as another user, who cannot pass through a folder of mode 700. */
const itAsRoot = process.getuid?.() === 0 ? it : it.skip

describe('prepareServerHome', () => {
  itAsRoot('does not take over, nor delete, the ledger of a state folder that was there before', async () => {
    const layout = layoutOf({ stateDir: join(folder, 'state'), toolsDir: '.tools' })
    mkdirSync(layout.state)
    const { data } = await prepareServerHome(layout)
    try {
      writeFileSync(join(data, 'ledger'), 'kept')
      rmSync(layout.state, { recursive: true })
      expect(listStrayData(dirname(data))).toContainEqual({ folder: data, state: layout.state })
      mkdirSync(layout.state)
      await expect(prepareServerHome(layout)).rejects.toMatchObject({
        remedy: expect.stringContaining(`rm -r ${data}`),
      })
      expect(existsSync(join(data, 'ledger'))).toBe(true)
    } finally {
      rmSync(data, { recursive: true })
      removeServerData(layout)
      rmSync(layout.sockets, { recursive: true, force: true })
    }
  })
})
