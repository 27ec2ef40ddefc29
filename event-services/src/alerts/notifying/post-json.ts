/** One POST of JSON to an address that an operator has set. */
import { storableText } from '@paycluster/platform/postgres/storable-text'

/** Of an answer, what is read. */
const MAX_ANSWER_BYTES = 16_384
const MAX_ERROR_LENGTH = 300

export interface PostAnswer {
  readonly status: number
  readonly headers: Headers
  /** The beginning. */
  readonly body: string
}

/** @throws what fetch throws; a redirect is an error */
export async function postJson(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<PostAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'payment-cluster-alerts/1', ...headers },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  return { status: response.status, headers: response.headers, body: await beginningOf(response) }
}

async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  const body: AsyncIterable<Uint8Array> | null = response.body
  for await (const chunk of body ?? []) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= MAX_ANSWER_BYTES) break
  }
  return Buffer.concat(chunks).toString('utf8', 0, MAX_ANSWER_BYTES)
}

/** Why there was no answer. fetch's own messages say nothing: the cause does. */
export function errorText(error: unknown, timeoutMs: number): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`
  let root: unknown = error
  while (Error.isError(root) && root.cause !== undefined) root = root.cause
  if (root instanceof AggregateError) root = root.errors[0]
  return Error.isError(root) ? storableText(root.message, MAX_ERROR_LENGTH) : 'cannot be sent'
}
