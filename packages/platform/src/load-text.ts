import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Reads a text file (SQL, Lua) that sits beside its module in `src/`, also when the module runs from `dist/`.
 *
 * @param moduleUrl  the caller's `import.meta.url`
 * @param relativePath  as an import would name it: `./post-batch.sql`
 */
export function loadText(moduleUrl: string, relativePath: string): string {
  const path = fileURLToPath(new URL(relativePath, moduleUrl))
  return readFileSync(path.replace(/([/\\])dist([/\\])(?!.*[/\\]dist[/\\])/, '$1src$2'), 'utf8')
}
