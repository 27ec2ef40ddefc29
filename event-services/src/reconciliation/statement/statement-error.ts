/** Why a statement cannot be read: the message is for people, and names the line. */
export class StatementError extends Error {
  /** Whether it has more bytes than may be. */
  readonly isTooLarge: boolean

  constructor(message: string, { isTooLarge = false, cause }: { isTooLarge?: boolean; cause?: unknown } = {}) {
    super(message, { cause })
    this.isTooLarge = isTooLarge
  }
}
