/** The one way to read settings: a zod schema over the environment, parsed once in `main.ts`. */
import { z } from 'zod'

/** An address to listen on or connect to: a unix socket or host and port. */
export type Endpoint = { readonly path: string } | { readonly host: string; readonly port: number }

/** `unix:/run/x.sock` or `127.0.0.1:8080`. */
export const endpointSchema = z.string().transform((text, context): Endpoint => {
  if (text.startsWith('unix:/')) return { path: text.slice('unix:'.length) }
  const match = /^(\[[0-9a-f:]+\]|[^:/]+):(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (match?.[1] !== undefined && port >= 0 && port <= 65_535) return { host: match[1].replace(/^\[|\]$/g, ''), port }
  context.issues.push({ code: 'custom', message: 'must be unix:/path or host:port', input: text })
  return z.NEVER
})

/** `a=url,b=url` as a list of named URLs, in order. */
export const namedUrlsSchema = z
  .string()
  .transform((text) => text.split(',').filter((part) => part !== ''))
  .pipe(
    z.array(
      z
        .string()
        .regex(/^[a-z0-9-]+=[a-z]+:\/\/.+$/, { error: 'must be name=url' })
        .transform((part) => ({ name: part.slice(0, part.indexOf('=')), url: part.slice(part.indexOf('=') + 1) })),
    ),
  )

/** A comma-separated list with at least one member. */
export const listSchema = z
  .string()
  .min(1)
  .transform((text) => text.split(',').map((part) => part.trim()))

/** A whole number within bounds, from its decimal text. */
export const integerSchema = (min: number, max: number) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(min).max(max))

/** Settings of every process. */
export const processSettings = {
  INSTANCE: z.string().regex(/^[a-z0-9-]{1,60}$/),
  ADMIN_LISTEN: endpointSchema,
  CLUSTER_SECRET: z.string().min(32),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
}

/** Settings of a service that clients reach through the gateway. */
export const commonSettings = { ...processSettings, LISTEN: endpointSchema }

/** A setting that is missing or unreadable. The message names each one and never repeats its value. */
export class SettingsError extends Error {
  readonly code = 'settings_invalid'
}

/**
 * Parses the environment once, at start.
 *
 * @throws SettingsError naming every unreadable setting, so that the start stops with one clear message
 */
export function loadSettings<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv = process.env): z.output<S> {
  const parsed = schema.safeParse(env)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new SettingsError(`unreadable settings: ${lines.join('; ')}`)
}
