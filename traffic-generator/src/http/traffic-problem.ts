/** Everything that the generator refuses with, by its stable code. RFC 9457. */
const PROBLEMS = {
  malformed_request: { status: 400, title: 'The request cannot be read' },
  malformed_json: { status: 400, title: 'The body is not JSON' },
  not_found: { status: 404, title: 'Not found' },
  rate_exceeded: { status: 409, title: 'All runs together would be too fast' },
  run_over: { status: 409, title: 'The run is over' },
  too_many_runs: { status: 409, title: 'As many runs as there may be are running' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  uri_too_long: { status: 414, title: 'The address is too long' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  validation_failed: { status: 422, title: 'The body is not valid' },
  unknown_scenario: { status: 422, title: 'There is no such scenario' },
  invalid_scenario: { status: 422, title: 'The scenario is not valid' },
  cast_too_small: { status: 422, title: 'The accounts are not enough for the scenario' },
  internal_error: { status: 500, title: 'The generator failed' },
  not_ready: { status: 503, title: 'There is no cluster to send to yet' },
} as const

export type TrafficProblemCode = keyof typeof PROBLEMS

/** Errors of Fastify itself, which carry a status. */
const CODES_BY_STATUS: Readonly<Record<number, TrafficProblemCode>> = {
  400: 'malformed_request',
  404: 'not_found',
  413: 'payload_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
}

/** The one error that callers see. */
export class TrafficProblem extends Error {
  readonly code: TrafficProblemCode
  readonly status: number
  readonly #errors: readonly object[] | undefined

  /** @param errors  what of the body is at fault: each with a `pointer`, a `detail` and, of YAML, line and column */
  constructor(code: TrafficProblemCode, detail: string, errors?: readonly object[]) {
    super(detail)
    this.name = 'TrafficProblem'
    this.code = code
    this.status = PROBLEMS[code].status
    this.#errors = errors
  }

  /** What an error of any kind is for the caller; undefined for a defect of ours. */
  static of(error: unknown): TrafficProblem | undefined {
    if (error instanceof TrafficProblem) return error
    if (error instanceof SyntaxError) return new TrafficProblem('malformed_json', 'The body is not valid JSON.')
    const status = typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500
    const code = CODES_BY_STATUS[status]
    return code === undefined ? undefined : new TrafficProblem(code, `${PROBLEMS[code].title}.`)
  }

  get body(): object {
    const { status, title } = PROBLEMS[this.code]
    const errors = this.#errors === undefined ? {} : { errors: this.#errors }
    return { type: 'about:blank', title, status, detail: this.message, code: this.code, ...errors }
  }
}
