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
/** ENOENT below a folder that is there: a file system that has no room for others, as /proc. */
const DENIED = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT'])
/** Passed through by the users that PostgreSQL and Nginx's workers run as. */
const FOLDER_MODE = 0o711

/**
 * Makes the folders that every node needs. Other users can pass through the state folder and the sockets; what is secret
 * in them is a file of mode 600.
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

/**
 * Makes a folder and those above it, unless they are there.
 *
 * @throws ClusterError `not_writable`
 */
export function makeFolder(folder: string, mode: number = FOLDER_MODE): void {
  try {
    makeLevels(folder, mode)
  } catch (error) {
    if (DENIED.has((error as NodeJS.ErrnoException).code ?? '')) throw notWritable(folder, error)
    throw error
  }
}

/** Node's own `recursive` tries for ever where a folder cannot be made although the one above it is there, as in /proc. */
function makeLevels(folder: string, mode: number): void {
  if (!existsSync(dirname(folder))) makeLevels(dirname(folder), mode)
  try {
    mkdirSync(folder, { mode })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(folder).isDirectory()) throw error
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
