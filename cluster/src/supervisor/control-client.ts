import { connect } from 'node:net'
import { ClusterError } from '../cluster-error.ts'
import { controlAnswerSchema, type ControlRequest, type NodeStatus } from './control.ts'

/**
 * Asks the running supervisor.
 *
 * @param timeoutMs  how long the work may take: a restart waits until its node is ready
 * @returns every node's status after it
 * @throws ClusterError `not_running` when no supervisor answers, `command_failed` with its reason
 */
export async function askSupervisor(path: string, request: ControlRequest, timeoutMs: number): Promise<NodeStatus[]> {
  const text = await exchange(path, `${JSON.stringify(request)}\n`, timeoutMs)
  const answer = controlAnswerSchema.parse(JSON.parse(text))
  if (answer.ok) return answer.nodes
  throw new ClusterError(
    'command_failed',
    answer.error,
    answer.context === undefined ? {} : { context: answer.context },
  )
}

function exchange(path: string, request: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(path, () => socket.write(request))
    socket.setEncoding('utf8')
    socket.setTimeout(timeoutMs, () => {
      socket.destroy()
      reject(new ClusterError('timed_out', `the supervisor did not answer within ${timeoutMs / 1000} s`))
    })
    socket.on('data', (chunk: string) => (text += chunk))
    socket.once('error', (cause) => {
      reject(new ClusterError('not_running', 'the cluster is not running', { remedy: 'npm run cluster -- up', cause }))
    })
    socket.once('end', () => {
      if (text === '') reject(new ClusterError('not_running', 'the cluster stopped before it answered'))
      else resolve(text)
    })
  })
}
