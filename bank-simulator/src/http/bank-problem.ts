/** Everything that the bank refuses with, by its stable code. RFC 9457. */
const PROBLEMS = {
  malformed_request: { status: 400, title: 'The request cannot be read' },
  malformed_json: { status: 400, title: 'The body is not JSON' },
  bad_request: { status: 400, title: 'The bank does not take this request' },
  invalid_parameter: { status: 400, title: 'A query parameter is not valid' },
  idempotency_key_missing: { status: 400, title: 'Idempotency-Key is required' },
  idempotency_key_invalid: { status: 400, title: 'Idempotency-Key is not valid' },
  unauthorized: { status: 401, title: 'Authentication is required' },
  not_found: { status: 404, title: 'Not found' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  uri_too_long: { status: 414, title: 'The address is too long' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  validation_failed: { status: 422, title: 'The body is not valid' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key belongs to another request' },
  declined: { status: 422, title: 'Declined' },
  decryption_failed: { status: 422, title: 'The card cannot be decrypted' },
  card_invalid: { status: 422, title: 'The card is not valid' },
  token_unknown: { status: 422, title: 'The card token is not known' },
  script_full: { status: 422, title: 'The script holds no more' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal_error: { status: 500, title: 'The bank failed' },
  unavailable: { status: 503, title: 'The bank is not available' },
  capacity_reached: { status: 503, title: 'The bank is full' },
} as const

export type BankProblemCode = keyof typeof PROBLEMS

/** Errors of Fastify itself, which carry a status. */
const CODES_BY_STATUS: Readonly<Record<number, BankProblemCode>> = {
  400: 'malformed_request',
  404: 'not_found',
  413: 'payload_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
}

interface BankProblemOptions {
  /** More members of the body. */
  readonly members?: Readonly<Record<string, unknown>>
  readonly retryAfterS?: number
}

/** The one error that the bank's clients see. */
export class BankProblem extends Error {
  readonly code: BankProblemCode
  readonly status: number
  readonly retryAfterS: number | undefined
  readonly #members: Readonly<Record<string, unknown>>

  /** @param detail  one sentence for the client; never a value that it sent */
  constructor(code: BankProblemCode, detail: string, { members = {}, retryAfterS }: BankProblemOptions = {}) {
    super(detail)
    this.name = 'BankProblem'
    this.code = code
    this.status = PROBLEMS[code].status
    this.retryAfterS = retryAfterS
    this.#members = members
  }

  /** What an error of any kind is for the client; undefined for a defect of ours. */
  static of(error: unknown): BankProblem | undefined {
    if (error instanceof BankProblem) return error
    if (error instanceof SyntaxError) return new BankProblem('malformed_json', 'The body is not valid JSON.')
    const status = typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500
    const code = CODES_BY_STATUS[status]
    return code === undefined ? undefined : new BankProblem(code, `${PROBLEMS[code].title}.`)
  }

  get body(): object {
    const { status, title } = PROBLEMS[this.code]
    return { type: 'about:blank', title, status, detail: this.message, code: this.code, ...this.#members }
  }
}
