/** What the background supervisor tells `cluster up`, over the channel between the two, until it is ready. */
import { z } from 'zod'

export const supervisorMessageSchema = z.discriminatedUnion('say', [
  z.object({
    say: z.literal('step'),
    event: z.object({
      step: z.string(),
      state: z.enum(['started', 'done', 'failed']),
      detail: z.string().exactOptional(),
      elapsedMs: z.number(),
    }),
  }),
  z.object({ say: z.literal('ready') }),
  z.object({
    say: z.literal('failed'),
    code: z.string(),
    message: z.string(),
    remedy: z.string().exactOptional(),
    context: z.string().exactOptional(),
  }),
])

export type SupervisorMessage = z.output<typeof supervisorMessageSchema>
