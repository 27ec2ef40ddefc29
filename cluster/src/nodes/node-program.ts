/** The pinned Node that services run on, whatever Node runs the supervisor. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The npm package `node` holds it; where that is missing, the Node that runs this. */
export function nodeProgram(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node')
  } catch {
    return process.execPath
  }
}
