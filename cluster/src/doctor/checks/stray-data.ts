import { listStrayData } from '../../postgres/server-home.ts'
import { warning, type Check, type Finding } from '../check.ts'

/** Ledgers of clones that are gone, or whose disk is not mounted. */
export const strayDataCheck: Check = {
  name: 'stray data',
  needs: 'nothing',
  run: () => findingsOf(listStrayData()),
}

const findingsOf = (stray: ReturnType<typeof listStrayData>): Finding[] =>
  stray.map(({ folder, state }) =>
    warning(folder, `is the ledger of ${state}, which is not there`, `if that is deleted for good: rm -r ${folder}`),
  )
