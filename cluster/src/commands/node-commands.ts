import { InvalidArgumentError, type Command } from 'commander'
import { constants } from 'node:os'
import { layoutOf } from '../layout.ts'
import { loadSettings } from '../settings/load-settings.ts'
import type { ControlRequest } from '../supervisor/control.ts'
import { askSupervisor } from '../supervisor/control-client.ts'

/** A stop's and a start's bounds, with room. */
const TIMEOUT_MS = 150_000

/** `cluster start|stop|restart|kill <node>`: asked of the supervisor, which answers when it is done. */
export function registerNodeCommands(cluster: Command): void {
  for (const action of ['start', 'stop', 'restart'] as const) {
    cluster
      .command(action)
      .description(`${action} one node of the running cluster`)
      .argument('<node>')
      .action(async (node: string) => {
        await ask({ do: action, node }, node)
      })
  }
  cluster
    .command('kill')
    .description('send a signal to one node, as a fault')
    .argument('<node>')
    .option('--signal <name>', 'SIGKILL, SIGTERM, SIGSTOP, SIGCONT, …', signalName, 'SIGKILL')
    .option('--no-restart', 'the node stays down until it is started; otherwise supervision starts it again')
    .action(async (node: string, { signal, restart }: { signal: NodeJS.Signals; restart: boolean }) => {
      await ask({ do: 'kill', node, signal, restart }, node)
    })
}

async function ask(request: ControlRequest, name: string): Promise<void> {
  const { control } = layoutOf(loadSettings())
  const nodes = await askSupervisor(control, request, TIMEOUT_MS)
  const node = nodes.find((candidate) => candidate.node === name)
  process.stdout.write(`${name}: ${node?.state ?? 'unknown'}\n`)
}

function signalName(text: string): string {
  const name = text.toUpperCase().startsWith('SIG') ? text.toUpperCase() : `SIG${text.toUpperCase()}`
  if (!Object.hasOwn(constants.signals, name)) throw new InvalidArgumentError('there is no such signal')
  return name
}
