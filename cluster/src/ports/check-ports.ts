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

/** A port that cannot be had: one sentence, and what to do. */
export interface PortFault {
  readonly text: string
  readonly remedy: string
}

/** In the order of the plan. */
export async function portFaults(settings: Settings): Promise<PortFault[]> {
  const planned = planPorts(settings)
  const faults: PortFault[] = []
  for (const [index, one] of planned.entries()) {
    const twin = planned.slice(0, index).find((other) => other.port === one.port)
    if (twin !== undefined) {
      const text = `${describe(one)} is planned for ${twin.node} (${twin.setting}), too`
      faults.push({ text, remedy: `set ${one.setting} or ${twin.setting} to another port` })
    } else if (!(await portIsFree(one.port))) {
      const text = `${describe(one)} is in use${ownerOf(one.port)}`
      faults.push({ text, remedy: `end the other program, or set ${one.setting} to another port` })
    }
  }
  return faults
}

/** @throws ClusterError `port_in_use` naming each port, who holds it where known, and the setting that moves it */
export async function checkPorts(settings: Settings): Promise<void> {
  const faults = await portFaults(settings)
  if (faults.length === 0) return
  const remedies = [...new Set(faults.map(({ remedy }) => remedy))]
  throw new ClusterError('port_in_use', faults.map(({ text }) => text).join('\n'), { remedy: remedies.join('\n') })
}

const describe = (planned: PlannedPort): string =>
  `port ${planned.port} of ${planned.node} (${planned.setting}, ${planned.variable})`

function ownerOf(port: number): string {
  const owner = portOwner(port)
  return owner === undefined ? '' : ` by pid ${owner.pid} (${owner.command})`
}
