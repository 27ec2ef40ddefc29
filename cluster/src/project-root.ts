import { fileURLToPath } from 'node:url'

/** The repository's root, the same from `cluster/src` and `cluster/dist`. Ends without a slash. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
