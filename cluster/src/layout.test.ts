import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { layoutOf } from './layout.ts'

/** `sun_path` of Linux, without the closing zero. */
const MAX_SOCKET_PATH_BYTES = 107
/** One of each kind of node. */
const SOCKETS = ['control.sock', 'inquiry-service-8.sock', 'gateway/authentication.sock', 'postgres/.s.PGSQL.32767']

describe('layoutOf', () => {
  it('keeps every socket within what the kernel takes, however long the path is', () => {
    for (let length = 1; length <= 150; length += 1) {
      const { sockets } = layoutOf({ stateDir: join(tmpdir(), 'ü'.repeat(length)), toolsDir: '.tools' })
      const longest = Math.max(...SOCKETS.map((name) => Buffer.byteLength(join(sockets, name))))
      expect(longest).toBeLessThanOrEqual(MAX_SOCKET_PATH_BYTES)
    }
  })
})
