import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { CardVault } from './cards/card-vault.ts'
import type { CommandIntake } from './commands/command-intake.ts'

/** What the controllers hand on to the functions that decide. */
export interface WriteSide {
  readonly intake: CommandIntake
  readonly ids: IdCodec
  readonly vault: CardVault
  /** A keyed hash, so that nobody finds the card by trying all numbers. */
  readonly cardFingerprint: (card: string) => string
  /** The secret with which a key's requests are signed, by the key's id and version. */
  readonly signingSecretOf: (keyId: string, keyVersion: number) => string
}

export const WRITE_SIDE = Symbol('write side')
