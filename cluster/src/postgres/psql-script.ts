/**
 * Runs the little of psql's language that `db/postgres/*.sql` uses, so that the same files serve Compose (by psql) and the
 * native cluster (no psql in the npm build): `\getenv name VARIABLE`, and `:'name'` as a quoted literal.
 */
import { escapeLiteral } from 'pg'

/** @throws Error for a variable that is not given, and for any other backslash command */
export function renderPsqlScript(script: string, env: Readonly<Record<string, string>>): string {
  const values = new Map<string, string>()
  const lines = script.split('\n').filter((line) => {
    if (!line.startsWith('\\')) return true
    const [, name, variable] = /^\\getenv (\w+) (\w+)\s*$/.exec(line) ?? []
    if (name === undefined || variable === undefined) throw new Error(`not supported: ${line}`)
    const value = env[variable]
    if (value === undefined) throw new Error(`${variable} is not given`)
    values.set(name, value)
    return false
  })
  return lines.join('\n').replace(/:'(\w+)'/g, (text, name: string) => {
    const value = values.get(name)
    if (value === undefined) throw new Error(`${text} is not set`)
    return escapeLiteral(value)
  })
}
