import type { CommandIntake } from '../commands/command-intake.ts'

/** A producer that says of some commands that the log has them, and has thrown them away. */
export function dropCommands(producer: CommandIntake['producer'], isDropped: () => boolean): CommandIntake['producer'] {
  return { send: (message) => (isDropped() ? Promise.resolve() : producer.send(message)) }
}
