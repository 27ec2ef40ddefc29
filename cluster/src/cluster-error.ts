/** What can stop the cluster from starting or answering. Stable: tests and scripts may tell them apart. */
export type ClusterErrorCode =
  | 'already_running'
  | 'aborted'
  | 'command_failed'
  | 'half_initialised'
  | 'incomplete'
  | 'not_a_state_folder'
  | 'leftovers_running'
  | 'missing_tool'
  | 'node_failed'
  | 'not_running'
  | 'not_writable'
  | 'port_in_use'
  | 'settings_invalid'
  | 'timed_out'
  | 'too_few_files'
  | 'unknown_node'
  | 'unsupported'

/** An expected fault: one clear line, and the way out. */
export class ClusterError extends Error {
  readonly code: ClusterErrorCode
  /** A command to run or a thing to change, or undefined when the message says it all. */
  readonly remedy: string | undefined
  /** More lines to show, for example the end of a node's log. */
  readonly context: string | undefined

  constructor(
    code: ClusterErrorCode,
    message: string,
    options: { remedy?: string; context?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'ClusterError'
    this.code = code
    this.remedy = options.remedy
    this.context = options.context
  }
}

/** The text of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
