import { statSync } from 'node:fs'
import { isInitialised } from '../../initialised-marker.ts'
import { folderProblem } from '../../state-folder.ts'
import { findLeftovers, leftoversError } from '../../supervisor/leftovers.ts'
import { fault, ok, type Check, type Finding, type Patient } from '../check.ts'

/** The state folder: usable, whole, private, and nobody's leftovers in it. */
export const stateCheck: Check = {
  name: 'state',
  needs: 'nothing',
  run: (patient) => [...folder(patient), ...privateFiles(patient)],
}

function folder({ layout, nodes }: Patient): Finding[] {
  const problem = folderProblem(layout)
  if (problem !== undefined) return [fault('state', problem.message, problem.remedy)]
  const leftovers = findLeftovers(layout)
  if (leftovers.length > 0) {
    const { message, remedy } = leftoversError(layout, leftovers)
    return [fault('leftovers', message, remedy)]
  }
  // A cluster in the middle of its first start has data and no marker yet.
  if (nodes.some((node) => node.state === 'starting')) return [ok('state', `${layout.state} is being made`)]
  return [ok('state', isInitialised(layout) ? layout.state : `${layout.state} is empty: the first start fills it`)]
}

function privateFiles({ layout }: Patient): Finding[] {
  return [layout.secrets, layout.demo].flatMap((path) => {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode
    if (mode === undefined || (mode & 0o077) === 0) return []
    return [fault(path, 'others can read it', `chmod 600 ${path}`)]
  })
}
