/** Runs every check that applies. */
import { ClusterError, messageOf } from '../cluster-error.ts'
import { clusterStatus } from '../cluster-status.ts'
import { layoutOf } from '../layout.ts'
import { readSecrets } from '../secrets.ts'
import type { Settings } from '../settings.ts'
import { fault, type Check, type Finding, type Patient } from './check.ts'
import { cacheCheck } from './checks/cache.ts'
import { gatewayCheck } from './checks/gateway.ts'
import { limitsCheck } from './checks/limits.ts'
import { nodesCheck } from './checks/nodes.ts'
import { portsCheck } from './checks/ports.ts'
import { progressCheck } from './checks/progress.ts'
import { replicationCheck } from './checks/replication.ts'
import { stateCheck } from './checks/state.ts'
import { strayDataCheck } from './checks/stray-data.ts'
import { toolsCheck } from './checks/tools.ts'
import { topicsCheck } from './checks/topics.ts'

const CHECKS: readonly Check[] = [
  toolsCheck,
  limitsCheck,
  stateCheck,
  strayDataCheck,
  portsCheck,
  nodesCheck,
  replicationCheck,
  topicsCheck,
  progressCheck,
  cacheCheck,
  gatewayCheck,
]

export interface Examination {
  readonly running: boolean
  readonly findings: readonly Finding[]
}

/** Looks at everything, whatever is wrong with the rest. */
export async function examine(settings: Settings): Promise<Examination> {
  const layout = layoutOf(settings)
  const nodes = await clusterStatus(layout, { probe: true })
  const patient: Patient = { settings, layout, nodes, secrets: readSecrets(layout.secrets) }
  // Nodes without a supervisor are one fault, whatever each of them says: they are to be stopped.
  const running = nodes.some(({ state }) => state !== 'unsupervised')
  const findings = await Promise.all(
    CHECKS.filter((check) => check.needs === 'nothing' || running).map((check) => runCheck(check, patient)),
  )
  return { running, findings: findings.flat() }
}

async function runCheck(check: Check, patient: Patient): Promise<Finding[]> {
  try {
    return await check.run(patient)
  } catch (error) {
    const remedy = error instanceof ClusterError ? error.remedy : undefined
    return [fault(check.name, messageOf(error), remedy ?? 'npm run cluster -- logs')]
  }
}
