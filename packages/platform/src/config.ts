/**
 * The one way to read settings: a zod schema over the environment, parsed once in `main.ts`. Each setting describes
 * itself, and names the form of its text where the schema's type and bounds do not; docs/settings.md is made from that.
 */
import { z } from 'zod'

/** An address to listen on or connect to: a unix socket or host and port. */
export type Endpoint = { readonly path: string } | { readonly host: string; readonly port: number }

/** `unix:/run/x.sock` or `127.0.0.1:8080`. */
export const endpointSchema = z
  .string()
  .transform((text, context): Endpoint => {
    if (text.startsWith('unix:/')) return { path: text.slice('unix:'.length) }
    const match = /^(\[[0-9a-f:]+\]|[^:/]+):(\d{1,5})$/.exec(text)
    const port = Number(match?.[2])
    if (match?.[1] !== undefined && port >= 0 && port <= 65_535) return { host: match[1].replace(/^\[|\]$/g, ''), port }
    context.issues.push({ code: 'custom', message: 'must be unix:/path or host:port', input: text })
    return z.NEVER
  })
  .meta({ form: '`unix:/path` or `host:port`' })

export const redisUrlSchema = z
  .string()
  .regex(/^(rediss?|unix):\/\/.+$/, { error: 'must be redis://host:port or unix:///path' })
  .meta({ form: '`redis://host:port` or `unix:///path`' })

/** A secret of Standard Webhooks. */
export const webhookSecretSchema = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, { error: 'must be whsec_ and 24 to 64 bytes in base64' })
  .meta({ form: '`whsec_` and 24 to 64 bytes in base64' })

export const httpUrlSchema = z
  .string()
  .regex(/^https?:\/\/.+$/, { error: 'must be an http:// or https:// URL' })
  .meta({ form: '`http(s)://host:port`' })

export const postgresUrlSchema = z
  .string()
  .regex(/^postgres(ql)?:\/\/.+$/, { error: 'must be a postgres:// URL' })
  .meta({ form: '`postgres://user:password@host:port/database`' })

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
  .meta({ form: '`name=url,name=url`; may be empty' })

/** A comma-separated list with at least one member. */
export const listSchema = z
  .string()
  .min(1)
  .transform((text) => text.split(',').map((part) => part.trim()))
  .meta({ form: 'comma-separated list' })

/** A whole number within bounds, from its decimal text. */
export const integerSchema = (min: number, max: number) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(min).max(max))

/** Settings of every process. */
export const processSettings = {
  INSTANCE: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/)
    .meta({ form: '1 to 60 of `a`–`z`, `0`–`9`, `-`' })
    .describe(
      'name of this process among all of the cluster, such as `payment-service-1`: in logs, metrics, connections',
    ),
  ADMIN_LISTEN: endpointSchema.describe('private address of `/metrics`, `/healthz` and `/readyz`: not for clients'),
  CLUSTER_SECRET: z
    .string()
    .min(32)
    .meta({ form: '32 characters or more' })
    .describe(
      'key of ids, identities, cursors and signing secrets: the same in every process, and for the life of the data',
    ),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .default('info')
    .describe('lines below it are not written'),
}

/** Settings of a service that clients reach through the gateway. */
export const commonSettings = {
  ...processSettings,
  LISTEN: endpointSchema.describe('address that the gateway connects to'),
}

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
