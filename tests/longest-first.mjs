import { relative } from 'node:path'
import Sequencer from '@jest/test-sequencer'

/** Two at a time: what takes longest must not begin last. Without these, jest goes by the size of a file, in a clean clone. */
const LONGEST = [
  'tests/faults/faults.test.ts',
  'tests/cluster/lifecycle.test.ts',
  'tests/movements/movements.test.ts',
  'tests/load-tests/mutations.test.ts',
  'tests/api/api.test.ts',
]

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const at = LONGEST.indexOf(relative(this.root, path))
      return at === -1 ? LONGEST.length : at
    }
    return super.sort(tests).sort((one, other) => rank(one) - rank(other))
  }

  root = import.meta.dirname.replace(/\/tests$/, '')
}
