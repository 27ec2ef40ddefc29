/** What cannot become a request: answered by the socket itself, as the problem that a request would have got. */
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { ProblemError } from '../problem-error.ts'
import { toProblem } from './problem-body.ts'

interface ClientError {
  readonly code?: string
  /** The bytes that the parser was given last. */
  readonly rawPacket?: unknown
}

const PROBLEMS_BY_ERROR: Readonly<Record<string, () => ProblemError>> = {
  HPE_HEADER_OVERFLOW: () => new ProblemError('headers_too_large', 'The headers are too large.'),
  ERR_HTTP_REQUEST_TIMEOUT: () => new ProblemError('request_timeout', 'The request did not arrive in time.'),
}

/** Written by the gateway, before anything of the client's. */
const REQUEST_ID_LINE = /\r\nx-request-id: *([\w.:/+=-]{1,128})\r\n/i

/**
 * Answers an error of the HTTP parser (`clientError`) and closes the connection: 400 `malformed_request`, 408
 * `request_timeout`, 431 `headers_too_large`.
 */
export function answerClientError(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const problem =
    PROBLEMS_BY_ERROR[error.code ?? '']?.() ?? new ProblemError('malformed_request', 'The request is not valid HTTP.')
  const packet = Buffer.isBuffer(error.rawPacket) ? error.rawPacket.toString('latin1') : ''
  const requestId = REQUEST_ID_LINE.exec(packet)?.[1] ?? randomUUID()
  const body = toProblem(problem, requestId)
  const text = JSON.stringify(body)
  const head = [
    `HTTP/1.1 ${body.status} ${body.title}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(text)}`,
    `x-request-id: ${requestId}`,
    'cache-control: no-store',
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy())
}
