import { readFileSync } from 'node:fs'

/** How many files a process of this user may open at most. Infinity where that cannot be told. */
export function hardOpenFileLimit(): number {
  try {
    const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return hard === undefined || hard === 'unlimited' ? Infinity : Number(hard)
  } catch {
    return Infinity
  }
}
