import type { ClusterState, ProcessState } from '@paycluster/contracts'
import type { Command } from 'commander'
import { connect } from '../connection.ts'
import { isJson, printJson, printTable, type Column } from '../output.ts'

const PROCESSES: readonly Column<ProcessState>[] = [
  { heading: 'PROCESS', of: ({ name }) => name },
  { heading: 'STATE', of: ({ is_up, is_ready }) => (is_ready ? 'ready' : is_up ? 'not ready' : 'down') },
  { heading: 'MB', of: ({ memory_bytes }) => (memory_bytes === null ? null : Math.round(memory_bytes / 1e6)) },
  { heading: 'CPU S', of: ({ cpu_seconds }) => (cpu_seconds === null ? null : Math.round(cpu_seconds)) },
  { heading: 'LOOP P99 MS', of: ({ event_loop_p99_ms }) => event_loop_p99_ms },
  { heading: 'WHY', of: ({ reasons }) => Object.values(reasons).join('; ') || null },
]
const NODES: readonly Column<ClusterState['nodes'][number]>[] = [
  { heading: 'POSTGRESQL', of: ({ name }) => name },
  { heading: 'STATE', of: ({ is_up }) => (is_up ? 'up' : 'down') },
  { heading: 'LAG BYTES', of: ({ lag_bytes }) => lag_bytes },
  { heading: 'LAG MS', of: ({ lag_ms }) => lag_ms },
]
const GROUPS: readonly Column<NonNullable<ClusterState['groups']>[number]>[] = [
  { heading: 'GROUP', of: ({ group }) => group },
  { heading: 'TOPIC', of: ({ topic }) => topic },
  { heading: 'LAG', of: ({ lag }) => lag },
]
const BREAKERS: readonly Column<ClusterState['breakers'][number]>[] = [
  { heading: 'BREAKER', of: ({ name }) => name },
  { heading: 'PROCESS', of: ({ process: name }) => name },
  { heading: 'STATE', of: ({ is_open }) => (is_open ? 'open' : 'closed') },
]
const QUEUES: readonly Column<ClusterState['queues'][number]>[] = [
  { heading: 'WAITING', of: ({ name }) => name },
  { heading: 'PROCESS', of: ({ process: name }) => name },
  { heading: 'DEPTH', of: ({ depth }) => depth },
]

/** `ops cluster`: exit code 1 where something of it is not as it should be. */
export function registerCluster(ops: Command): void {
  ops
    .command('cluster')
    .description('processes, database nodes, consumer groups, breakers and queues, as they are now')
    .action(async (_options: unknown, command: Command) => {
      const state = await connect(command).cluster.state()
      if (isJson(command)) printJson(state)
      else print(state)
      if (!isWell(state)) process.exitCode = 1
    })
}

function print({ as_of, processes, nodes, groups, breakers, queues, open_dead_letters }: ClusterState): void {
  printTable(PROCESSES, processes)
  printTable(NODES, nodes)
  if (groups === null) process.stdout.write('Kafka does not answer\n')
  else printTable(GROUPS, groups)
  printTable(BREAKERS, breakers)
  printTable(QUEUES, queues)
  process.stdout.write(`open dead letters: ${open_dead_letters ?? 'the primary does not answer'}\nas of ${as_of}\n`)
}

const isWell = ({ processes, nodes, groups, breakers }: ClusterState): boolean =>
  processes.every(({ is_ready }) => is_ready) &&
  nodes.every(({ is_up }) => is_up) &&
  groups !== null &&
  breakers.every(({ is_open }) => !is_open)
