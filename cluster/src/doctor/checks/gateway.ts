import { gatewayUrl, testGatewayConfiguration } from '../../nodes/gateway.ts'
import { readyz } from '../../nodes/readyz.ts'
import { ClusterError, messageOf } from '../../cluster-error.ts'
import { fault, ok, restartCommand, type Check, type Finding, type Patient } from '../check.ts'

/** Nginx accepts its configuration and answers, and so do the services behind it. */
export const gatewayCheck: Check = {
  name: 'gateway',
  needs: 'running',
  run: async (patient) => [await configuration(patient), await answers(patient)],
}

async function configuration({ layout }: Patient): Promise<Finding> {
  try {
    await testGatewayConfiguration(layout)
    return ok('nginx -t', layout.gateway)
  } catch (error) {
    const said = error instanceof ClusterError ? error.context : undefined
    return fault(
      'nginx -t',
      said ?? messageOf(error),
      'mend gateway/templates, then: npm run cluster -- restart gateway',
    )
  }
}

async function answers({ settings }: Patient): Promise<Finding> {
  const url = `${gatewayUrl(settings)}/readyz`
  const reason = await readyz(url)
  return reason === undefined ? ok('gateway', `${url} is ready`) : fault('gateway', reason, restartCommand('gateway'))
}
