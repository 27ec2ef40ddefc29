import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { build } from 'esbuild'

/** 13.3 kB today: a bound for what slips in. */
const MAX_BYTES = 15_000

describe('the client in a browser', () => {
  it('is bundled with nothing of Node, nothing of the schemas, and is small', async () => {
    const { outputFiles, metafile } = await build({
      entryPoints: [join(import.meta.dirname, 'index.ts')],
      bundle: true,
      platform: 'browser',
      format: 'esm',
      minify: true,
      write: false,
      metafile: true,
    })
    const inputs = Object.keys(metafile.inputs)
    expect(inputs.length).toBeGreaterThan(5)
    for (const input of inputs) expect(input).toMatch(/packages\/client\/src\//)
    const [bundle] = outputFiles
    expect(bundle?.text).not.toMatch(/\b(?:require|process|Buffer)\b/)
    expect(bundle?.contents.length).toBeLessThan(MAX_BYTES)
  })
})
