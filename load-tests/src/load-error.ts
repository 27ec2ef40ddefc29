/** Why a run did not begin or came to nothing. Stable: scripts may tell them apart. */
export type LoadErrorCode =
  | 'unknown_profile'
  | 'invalid_option'
  | 'no_k6'
  | 'too_few_files'
  | 'unreachable'
  | 'unauthorized'
  | 'not_ready'
  | 'no_accounts'
  | 'load_failed'
  | 'unsettled'
  | 'wrong_ledger'
  | 'no_run'
  | 'no_measurements'
  | 'no_sizing'

/** An expected fault: one clear line, and the way out. */
export class LoadError extends Error {
  readonly code: LoadErrorCode
  /** A command to run or a thing to change, or undefined when the message says it all. */
  readonly remedy: string | undefined

  constructor(code: LoadErrorCode, message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'LoadError'
    this.code = code
    this.remedy = options.remedy
  }
}
