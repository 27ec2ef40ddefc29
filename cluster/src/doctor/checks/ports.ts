import { portFaults } from '../../ports/check-ports.ts'
import { planPorts } from '../../ports/port-plan.ts'
import { fault, ok, type Check } from '../check.ts'

/** Whether the ports are free for a start. While the cluster runs, it holds them itself. */
export const portsCheck: Check = {
  name: 'ports',
  needs: 'nothing',
  run: async ({ settings, nodes }) => {
    if (nodes.length > 0) return []
    const faults = await portFaults(settings)
    if (faults.length === 0) return [ok('ports', `all ${planPorts(settings).length} are free`)]
    return faults.map(({ text, remedy }) => fault('ports', text, remedy))
  },
}
