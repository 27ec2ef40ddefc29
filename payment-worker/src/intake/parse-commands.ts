/** Turns messages into commands. What is none is poison: kept with its bytes for the dead letters. */
import { commandSchema } from '@paycluster/contracts'
import type { MessageBatch } from '@paycluster/platform/kafka/message-batch'
import { toBatchCommands, type BatchCommand } from '../posting/batch-command.ts'
import type { SourceMessage } from '../dead-letters/dead-letter.ts'

export interface ParsedCommand {
  readonly command: BatchCommand
  readonly source: SourceMessage
}

export interface PoisonMessage {
  readonly source: SourceMessage
  readonly reason: string
}

export interface ParsedBatch {
  readonly commands: readonly ParsedCommand[]
  readonly poison: readonly PoisonMessage[]
  /** W3C trace contexts by command id. */
  readonly traceparents: ReadonlyMap<string, string>
}

/** In the order of each partition's log. */
export function parseCommands({ topic, slices }: MessageBatch): ParsedBatch {
  const commands: ParsedCommand[] = []
  const poison: PoisonMessage[] = []
  const traceparents = new Map<string, string>()
  for (const { partition, messages } of slices) {
    for (const message of messages) {
      const source = { topic, partition, message }
      const parsed = parseCommand(message.value)
      if ('reason' in parsed) {
        poison.push({ source, reason: parsed.reason })
        continue
      }
      const traceparent = message.headers?.traceparent
      for (const command of parsed.commands) {
        commands.push({ command, source })
        if (traceparent !== undefined) traceparents.set(command.command.id, String(traceparent))
      }
    }
  }
  return { commands, poison, traceparents }
}

function parseCommand(value: Buffer | null): { commands: BatchCommand[] } | { reason: string } {
  if (value === null) return { reason: 'the message is empty' }
  try {
    const parsed = commandSchema.safeParse(JSON.parse(value.toString('utf8')))
    if (parsed.success) return { commands: toBatchCommands(parsed.data) }
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    return { reason: `fits no command: ${issues.slice(0, 5).join('; ')}` }
  } catch {
    return { reason: 'the message is not JSON' }
  }
}
