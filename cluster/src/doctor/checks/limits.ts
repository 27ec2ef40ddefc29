import { existsSync, statfsSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { hardOpenFileLimit } from '../../process/open-file-limit.ts'
import { fault, ok, warning, type Check, type Finding } from '../check.ts'

const GIB = 1024 ** 3
/** A fresh cluster takes 0.5 GiB; WAL, slots and Kafka's segments may take some more before anything is bounded. */
const DISK_WANTED_BYTES = 5 * GIB
const DISK_NEEDED_BYTES = 1 * GIB
/** All nodes together stay below 1.5 GiB with the default sizes. */
const MEMORY_WANTED_BYTES = 3 * GIB
/** Nginx at 3000 clients: two descriptors each, and as many again for a burst. */
const FILES_WANTED = 12_000

/** What the machine gives. */
export const limitsCheck: Check = {
  name: 'limits',
  needs: 'nothing',
  run: ({ layout }) => [
    disk(layout.state),
    memory(),
    openFiles(hardOpenFileLimit()),
    ok('cores', String(availableParallelism())),
  ],
}

function disk(path: string): Finding {
  const { bavail, bsize } = statfsSync(nearestExisting(path))
  const free = bavail * bsize
  const detail = `${(free / GIB).toFixed(1)} GiB free for ${path}`
  const remedy = 'free some, or set stateDir to a larger disk'
  if (free < DISK_NEEDED_BYTES) return fault('disk', detail, remedy)
  return free < DISK_WANTED_BYTES ? warning('disk', detail, remedy) : ok('disk', detail)
}

function memory(): Finding {
  const detail = `${(totalmem() / GIB).toFixed(1)} GiB`
  return totalmem() < MEMORY_WANTED_BYTES
    ? warning('memory', detail, 'set smaller sizes: npm run cluster -- settings')
    : ok('memory', detail)
}

/** @param limit  the hard one, of a process */
export function openFiles(limit: number): Finding {
  const detail = limit === Infinity ? 'no limit' : `at most ${limit} a process`
  return limit < FILES_WANTED
    ? warning(
        'open files',
        `${detail}: too few for 3000 clients`,
        `ulimit -Hn ${FILES_WANTED} as root, then start anew`,
      )
    : ok('open files', detail)
}

function nearestExisting(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestExisting(dirname(path))
}
