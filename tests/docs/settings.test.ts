import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { SERVICES, SETTINGS_PAGE, settingsPage } from './settings-page.ts'

describe('docs/settings.md', () => {
  it('is what the schemas say; npm run settings-docs writes it', async () => {
    expect(readFileSync(SETTINGS_PAGE, 'utf8')).toBe(await settingsPage())
  })

  it('leaves out no service', () => {
    const configs = globSync('*/src/config.ts', { cwd: join(import.meta.dirname, '../..') })
    expect(configs.map((path) => dirname(dirname(path))).sort()).toEqual(Object.keys(SERVICES).sort())
  })
})
