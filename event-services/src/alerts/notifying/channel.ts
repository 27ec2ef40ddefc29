import type { AlertChannel, AlertSeverity } from '@paycluster/contracts'

/** What a channel is told. */
export interface ChannelMessage {
  /** The same at every attempt. */
  readonly id: string
  readonly severity: AlertSeverity
  /** For people. */
  readonly text: string
  /** JSON, for programs. */
  readonly payload: string
}

export interface ChannelOutcome {
  /** Null when it was taken. Never holds a secret. */
  readonly error: string | null
  /** That the channel asked for: nothing is sent to it before. */
  readonly retryAfterMs?: number | undefined
}

export interface Channel {
  readonly name: AlertChannel
  /** Messages at once. */
  readonly maxInFlight: number
  /** Never rejects, and takes no longer than the time that is set. */
  send(message: ChannelMessage): Promise<ChannelOutcome>
}
