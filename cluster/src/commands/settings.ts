import type { Command } from 'commander'
import { loadSettings } from '../settings/load-settings.ts'
import { settingNames } from '../settings/setting-names.ts'
import { table } from './table.ts'

/** `cluster settings`: every setting with the value in force. */
export function registerSettings(cluster: Command): void {
  cluster
    .command('settings')
    .description('every setting: its name, its variable, the value in force')
    .option('--json', 'the values as cluster.config.json would hold them')
    .action(({ json }: { json?: true }) => {
      const settings = loadSettings()
      const text =
        json === true
          ? JSON.stringify(settings, null, 2)
          : table(
              ['SETTING', 'VALUE', 'VARIABLE', 'WHAT'],
              settingNames.map(({ path, variable, description }) => [
                path.join('.'),
                JSON.stringify(valueAt(settings, path)),
                variable,
                description,
              ]),
            )
      process.stdout.write(`${text}\n`)
    })
}

function valueAt(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (branch, name) => (typeof branch === 'object' && branch !== null ? Reflect.get(branch, name) : undefined),
    tree,
  )
}
