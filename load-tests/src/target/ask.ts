import { LoadError } from '../load-error.ts'

const TIMEOUT_MS = 10_000

export interface Reply {
  readonly status: number
  /** Parsed, or undefined when it is no JSON. */
  readonly body: unknown
}

/**
 * One request to the API.
 *
 * @throws LoadError `unreachable` when nothing answers, or not within 10 s
 */
export async function ask(
  url: string,
  apiKey: string,
  path: string,
  post?: { key: string; body: string },
): Promise<Reply> {
  const headers = {
    authorization: `Bearer ${apiKey}`,
    ...(post === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': post.key }),
  }
  try {
    const response = await fetch(`${url}${path}`, {
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(post === undefined ? {} : { method: 'POST', body: post.body }),
    })
    return { status: response.status, body: parse(await response.text()) }
  } catch (cause) {
    throw new LoadError('unreachable', `${url} does not answer: ${reasonOf(cause)}`, {
      remedy: 'npm run cluster -- up, or another --url',
      cause,
    })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** undici hides the reason in the cause: `ECONNREFUSED`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (cause instanceof Error) return (cause as NodeJS.ErrnoException).code ?? cause.message
  return error.message
}
