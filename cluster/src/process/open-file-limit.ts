import { readFileSync } from 'node:fs'

/** How many files a process of this user may open at most. Infinity where that cannot be told. */
export function hardOpenFileLimit(): number {
  try {
    return parseHardOpenFileLimit(readFileSync('/proc/self/limits', 'utf8'))
  } catch {
    return Infinity
  }
}

/** The hard limit in the text of /proc/<pid>/limits; Infinity for none. */
export function parseHardOpenFileLimit(text: string): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(text)?.[1]
  return hard === undefined || hard === 'unlimited' ? Infinity : Number(hard)
}
