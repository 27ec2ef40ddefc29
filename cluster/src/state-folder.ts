/** The folders of one cluster on disk: made, or refused in one line. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { ClusterError } from './cluster-error.ts'
import { jarsFolder } from './kafka/broker-files.ts'
import type { Layout } from './layout.ts'
import { projectRoot } from './project-root.ts'

/**
 * What some node's configuration cannot hold in a path, however it is quoted: a dollar is a variable in Nginx's, a comma
 * parts the folders in Kafka's and PostgreSQL's, a colon those of Java's class path.
 */
const UNUSABLE_IN_PATHS = /["\\$,:\p{Cc}]/u
const DENIED = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'])

/**
 * Makes the folders that every node needs. The state folder and the sockets can be passed through by the users that
 * PostgreSQL and Nginx's workers run as; what is secret in them is a file of mode 600.
 *
 * @throws ClusterError `not_writable`, `unsupported`
 */
export function makeFolders(layout: Layout): void {
  const problem = folderProblem(layout)
  if (problem !== undefined) throw problem
  for (const folder of [layout.state, layout.sockets, layout.logs, layout.pids]) makeFolder(folder)
  if (statSync(layout.sockets).uid !== process.getuid?.()) {
    throw new ClusterError('unsupported', `${layout.sockets} belongs to another user`, { remedy: 'remove it' })
  }
}

/** What keeps a start from using its folders, as far as can be told without making any; undefined when nothing does. */
export function folderProblem(layout: Layout): ClusterError | undefined {
  const { state, logs, pids, tools } = layout
  const odd = [projectRoot, state, tools].find((path) => UNUSABLE_IN_PATHS.test(path))
  if (odd !== undefined) {
    return new ClusterError('unsupported', `${JSON.stringify(odd)} holds one of " \\ $ , : or a control character`, {
      remedy: 'move the project, or set stateDir and toolsDir to other folders',
    })
  }
  const written = existsSync(jarsFolder(layout)) ? [state, logs, pids] : [state, logs, pids, tools]
  const closed = written.find((path) => !isWritable(path))
  return closed === undefined ? undefined : notWritable(closed)
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o711 })
  } catch (error) {
    if (DENIED.has((error as NodeJS.ErrnoException).code ?? '')) throw notWritable(folder, error)
    throw error
  }
}

/** Whether it is, or can be made, a folder that this user can write to. */
function isWritable(path: string): boolean {
  if (!existsSync(path) && path !== dirname(path)) return isWritable(dirname(path))
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

const notWritable = (folder: string, cause?: unknown): ClusterError =>
  new ClusterError('not_writable', `${userInfo().username} cannot write to ${folder}`, {
    remedy: 'chown or remount it, or use another folder: PAYCLUSTER_STATE_DIR=… (and PAYCLUSTER_TOOLS_DIR=…) npm start',
    cause,
  })
