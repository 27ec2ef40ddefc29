import { ClusterError } from '../cluster-error.ts'

/** Logs, listeners, cached descriptors. */
const FILES_BESIDE_CONNECTIONS = 256
/** One client takes two connections: with fewer there is no gateway to speak of, and Nginx refuses to start with none. */
const MIN_CONNECTIONS = 64

/** Variables of gateway/templates, as text. */
interface GatewayFiles {
  readonly WORKER_RLIMIT_NOFILE: string
  readonly WORKER_CONNECTIONS: string
}

/**
 * How many files and connections a worker of Nginx has: what is wanted, within what this user may have. Asking for more
 * than the hard limit is refused with an alert at each start, and leaves the soft limit, which is 1024 as a rule.
 *
 * @param wanted  gateway/defaults.env
 * @param hardLimit  of open files; may be Infinity
 * @throws ClusterError `too_few_files`
 */
export function gatewayFiles(wanted: NodeJS.Dict<string>, hardLimit: number): GatewayFiles {
  const files = Math.min(Number(wanted.WORKER_RLIMIT_NOFILE), hardLimit)
  const connections = Math.min(Number(wanted.WORKER_CONNECTIONS), files - FILES_BESIDE_CONNECTIONS)
  if (connections < MIN_CONNECTIONS)
    throw new ClusterError('too_few_files', `a process may open ${hardLimit} files: too few for Nginx`, {
      remedy: 'raise the hard limit as root (ulimit -Hn), then start anew: npm run doctor says how far',
    })
  return { WORKER_RLIMIT_NOFILE: String(files), WORKER_CONNECTIONS: String(connections) }
}
