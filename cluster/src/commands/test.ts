import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Command } from 'commander'
import { installKafkaJars } from '../install/kafka-jars.ts'
import { installTools } from '../install/system-tools.ts'
import { layoutOf } from '../layout.ts'
import { projectRoot } from '../project-root.ts'
import { loadSettings } from '../settings/load-settings.ts'

/** `npm test`: installs what the tests' servers need, then runs every stage of tests/run.mjs. */
export function registerTest(program: Command): void {
  program
    .command('test')
    .description('everything that a change has to pass, against servers that it starts itself')
    .option('--only <stage>', 'format, types, lint, unit, servers, clusters …')
    .action(async ({ only }: { only?: string }) => {
      const layout = layoutOf(loadSettings())
      await installTools(layout)
      await installKafkaJars(layout)
      const args = [join(projectRoot, 'tests/run.mjs'), ...(only === undefined ? [] : ['--only', only])]
      const child = spawn(process.execPath, args, {
        cwd: projectRoot,
        stdio: ['ignore', 'inherit', 'inherit'],
      })
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
      const [code] = (await once(child, 'exit')) as [number | null]
      process.exitCode = code ?? 1
    })
}
