import { z } from 'zod'
import { textSchema, timeSchema } from './text.ts'

/** PostgreSQL's integer. */
const MAX_CLIENT_ID = 2 ** 31 - 1

export const clientIdSchema = z
  .int()
  .min(1)
  .max(MAX_CLIENT_ID)
  .meta({ id: 'ClientId', description: 'Number of a client', example: 7 })

/** The number of a client as a path has it; undefined for what can be none. */
export function parseClientId(text: string): number | undefined {
  const parsed = clientIdSchema.safeParse(/^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : undefined)
  return parsed.success ? parsed.data : undefined
}

/** Body of `POST /v1/ops/clients`. */
export const createClientSchema = z.strictObject({ name: textSchema(100) }).meta({
  id: 'CreateClient',
  description: 'A client to make: its name is its own',
  examples: [{ name: 'burger-bar' }],
})
export type CreateClient = z.infer<typeof createClientSchema>

export const clientSchema = z
  .object({ id: clientIdSchema, name: z.string(), created_at: timeSchema })
  .meta({ id: 'Client', description: 'Whoever holds keys and accounts' })
export type Client = z.infer<typeof clientSchema>

/** The 202: a client has its number when it is in the ledger. */
export const queuedClientSchema = z
  .object({ name: z.string(), status: z.literal('queued') })
  .meta({ id: 'QueuedClient', description: 'A client that will be made, unless its name is taken' })
export type QueuedClient = z.infer<typeof queuedClientSchema>
