/** Says before a start what would fail in the middle of it: a port that is taken, or planned twice. */
import { createServer } from 'node:net'
import { ClusterError } from '../cluster-error.ts'
import type { Settings } from '../settings.ts'
import { planPorts, type PlannedPort } from './port-plan.ts'
import { portOwner } from './port-owner.ts'

/** Loopback is what the nodes listen on; a server on all addresses takes it as well. */
const HOST = '127.0.0.1'

/** Whether nothing listens on a port of the loopback. */
export function portIsFree(port: number, host: string = HOST): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => {
      resolve(false)
    })
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => {
        resolve(true)
      })
    })
  })
}

/** One sentence per port that cannot be had. */
export async function portFaults(settings: Settings): Promise<string[]> {
  const planned = planPorts(settings)
  const faults: string[] = []
  for (const [index, one] of planned.entries()) {
    const twin = planned.findIndex((other) => other.port === one.port)
    if (twin < index) faults.push(`${describe(one)} is planned for ${planned[twin]?.node ?? ''}, too`)
    else if (!(await portIsFree(one.port))) faults.push(`${describe(one)} is in use${ownerOf(one.port)}`)
  }
  return faults
}

/** @throws ClusterError `port_in_use` naming each port, who holds it where known, and the setting that moves it */
export async function checkPorts(settings: Settings): Promise<void> {
  const faults = await portFaults(settings)
  if (faults.length === 0) return
  throw new ClusterError('port_in_use', faults.join('\n'), { remedy: 'end the other program, or set another port' })
}

const describe = (planned: PlannedPort): string =>
  `port ${planned.port} of ${planned.node} (${planned.setting}, ${planned.variable})`

function ownerOf(port: number): string {
  const owner = portOwner(port)
  return owner === undefined ? '' : ` by pid ${owner.pid} (${owner.command})`
}
