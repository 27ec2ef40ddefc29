/** What whoever operates a cluster looks at first: its processes and nodes, how far behind each is, what waits. */
import { z } from 'zod'
import { timeSchema } from './text.ts'

const nullable = (description: string) => z.number().nullable().meta({ description })

export const processStateSchema = z.object({
  name: z.string(),
  is_up: z.boolean().meta({ description: 'Whether it answers' }),
  is_ready: z.boolean(),
  reasons: z.record(z.string(), z.string()).meta({ description: 'Why it is not ready, by part' }),
  started_at: timeSchema.nullable(),
  memory_bytes: nullable('Resident'),
  cpu_seconds: nullable('Of its life'),
  event_loop_p99_ms: nullable('Delay of its event loop'),
})
export type ProcessState = z.infer<typeof processStateSchema>

export const databaseNodeStateSchema = z.object({
  name: z.string(),
  role: z.enum(['primary', 'replica']),
  is_up: z.boolean().meta({ description: 'Whether any inquiry-service can ask it' }),
  lag_bytes: nullable('Log that the primary has and a replica has not replayed; null for one that is not connected'),
  lag_ms: nullable('For how long something is missing on it'),
})
export type DatabaseNodeState = z.infer<typeof databaseNodeStateSchema>

export const consumerGroupStateSchema = z.object({
  group: z.string(),
  topic: z.string(),
  lag: z.int().meta({ description: 'Messages that the group has not done with' }),
  partitions: z.array(z.object({ partition: z.int(), lag: z.int() })),
})
export type ConsumerGroupState = z.infer<typeof consumerGroupStateSchema>

export const clusterStateSchema = z
  .object({
    as_of: timeSchema,
    processes: z.array(processStateSchema),
    nodes: z.array(databaseNodeStateSchema).meta({ description: 'PostgreSQL, as inquiry-service sees it' }),
    groups: z.array(consumerGroupStateSchema).nullable().meta({ description: 'null while Kafka does not answer' }),
    breakers: z.array(z.object({ process: z.string(), name: z.string(), is_open: z.boolean() })),
    queues: z.array(z.object({ process: z.string(), name: z.string(), depth: z.number() })),
    open_dead_letters: z.int().nullable().meta({ description: 'null while the primary does not answer' }),
  })
  .meta({ id: 'ClusterState', description: 'A cluster as it is now' })
export type ClusterState = z.infer<typeof clusterStateSchema>
