import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { CommandIntake } from './commands/command-intake.ts'

/** What the controllers hand on to the functions that decide. */
export interface WriteSide {
  readonly intake: CommandIntake
  readonly ids: IdCodec
}

export const WRITE_SIDE = Symbol('write side')
