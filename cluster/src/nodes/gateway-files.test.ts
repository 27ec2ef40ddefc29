import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { projectRoot } from '../project-root.ts'
import { gatewayFiles } from './gateway-files.ts'

const defaults = parseEnv(readFileSync(join(projectRoot, 'gateway/defaults.env'), 'utf8'))

describe('the files of the gateway', () => {
  it.each([Infinity, 1_048_576, 65_536])('are those of defaults.env with a hard limit of %d', (hardLimit) => {
    const { WORKER_RLIMIT_NOFILE, WORKER_CONNECTIONS } = defaults
    expect(gatewayFiles(defaults, hardLimit)).toEqual({ WORKER_RLIMIT_NOFILE, WORKER_CONNECTIONS })
  })

  it.each([
    [20_000, '20000', '16384'],
    [4096, '4096', '3840'],
    [1024, '1024', '768'],
    [320, '320', '64'],
  ])('stay within a hard limit of %d, with files to spare beside connections', (hardLimit, files, connections) => {
    const given = { WORKER_RLIMIT_NOFILE: files, WORKER_CONNECTIONS: connections }
    expect(gatewayFiles(defaults, hardLimit)).toEqual(given)
  })

  it('are refused when they leave no connections', () => {
    for (const hardLimit of [0, 100, 256, 319])
      expect(() => gatewayFiles(defaults, hardLimit)).toThrow(`may open ${hardLimit} files: too few`)
  })
})
