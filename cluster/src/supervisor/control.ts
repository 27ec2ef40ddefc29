/** What a command says to a running supervisor, over a unix socket of mode 600: one JSON line each way. */
import { z } from 'zod'

const signal = z.custom<NodeJS.Signals>((value) => typeof value === 'string' && /^SIG[A-Z0-9]+$/.test(value))

export const controlRequestSchema = z.discriminatedUnion('do', [
  /** With `probe`, a node that is ready is asked whether it still is. */
  z.object({ do: z.literal('status'), probe: z.boolean().optional() }),
  z.object({ do: z.literal('shutdown') }),
  z.object({ do: z.literal('start'), node: z.string() }),
  z.object({ do: z.literal('stop'), node: z.string() }),
  z.object({ do: z.literal('restart'), node: z.string() }),
  z.object({ do: z.literal('kill'), node: z.string(), signal, restart: z.boolean() }),
])
export type ControlRequest = z.output<typeof controlRequestSchema>

const nodeStatusSchema = z.object({
  node: z.string(),
  role: z.string(),
  address: z.string(),
  port: z.int().nullable(),
  pid: z.int().nullable(),
  state: z.string(),
  restarts: z.int(),
  /** When one that is `restarting` will be started. */
  restartAt: z.string().nullable(),
  startedAt: z.string().nullable(),
})
export type NodeStatus = z.output<typeof nodeStatusSchema>

export const controlAnswerSchema = z.union([
  z.object({ ok: z.literal(true), nodes: z.array(nodeStatusSchema) }),
  z.object({ ok: z.literal(false), error: z.string(), context: z.string().optional() }),
])
export type ControlAnswer = z.output<typeof controlAnswerSchema>

/** Longer than any request. */
export const MAX_REQUEST_BYTES = 4096
