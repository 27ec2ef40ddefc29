import { createServer } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { settingsFrom } from '../settings/load-settings.ts'
import { checkPorts } from './check-ports.ts'
import { takePortBlock } from './port-block.ts'

describe('checkPorts', () => {
  it('names the port, its holder and the setting that moves it', async () => {
    const block = await takePortBlock()
    const settings = settingsFrom({ ports: block.ports })
    await checkPorts(settings)
    const stranger = createServer()
    await new Promise<void>((resolve) => stranger.listen(block.ports.redis, '127.0.0.1', resolve))
    const fault = await checkPorts(settings).catch((error: unknown) => error)
    await new Promise((resolve) => stranger.close(resolve))
    block.release()
    expect(fault).toMatchObject({
      code: 'port_in_use',
      remedy: 'end the other program, or set ports.redis to another port',
    })
    expect(String(fault)).toContain(`port ${block.ports.redis} of redis (ports.redis, PAYCLUSTER_PORTS_REDIS)`)
    if (process.platform === 'linux') expect(String(fault)).toContain(`pid ${process.pid}`)
  })

  it('sees two nodes that ask for the same port', async () => {
    const block = await takePortBlock()
    const settings = settingsFrom({ ports: { ...block.ports, replicas: block.ports.primary } })
    block.release()
    await expect(checkPorts(settings)).rejects.toMatchObject({
      message: expect.stringContaining('is planned for postgres-primary (ports.primary), too'),
      remedy: 'set ports.replicas or ports.primary to another port',
    })
  })
})
