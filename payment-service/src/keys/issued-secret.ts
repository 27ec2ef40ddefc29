/**
 * A key's new secret on its way to who asked for it: into one answer, and nowhere else. The command has its hash, and so
 * has the ledger; what Redis remembers of an idempotency key is the answer without it.
 *
 * Whether a secret counts is for the ledger to say. Of two requests with one Idempotency-Key that come at once, each has
 * made a secret, and one of them is the key's: the outcome tells its hash.
 */
import { keySchema, type IssuedKey, type QueuedKey } from '@paycluster/contracts'
import { formatApiKey, generateSecret, hashSecret } from '@paycluster/platform/identity/api-key-text'
import { z } from 'zod'
import type { Answer } from '../commands/answer.ts'
import type { TakenCommand } from '../commands/command-intake.ts'
import type { WriteSide } from '../write-side.ts'

const SHOWN = 'Keep the secrets: they are shown this once, and stored nowhere.'
const SHOWN_BEFORE = 'The secrets were shown in the first answer, and are stored nowhere: rotate the key for new ones.'
const SHOWN_EARLY = [
  'The key works once it is in the ledger. Its secret is shown this once, and stored nowhere; rotate the key for a',
  'signing secret.',
].join(' ')

/** Of a 202's body. */
const queuedSchema = z.object({ id: z.string() })

export class IssuedSecret {
  readonly #secret = generateSecret()
  /** 64 hexadecimal digits. */
  readonly hash = hashSecret(this.#secret).toString('hex')

  /** The answer with the secrets, if they are the key's. */
  show(taken: TakenCommand, signingSecretOf: WriteSide['signingSecretOf']): Answer {
    const body: unknown = JSON.parse(taken.body)
    const shown = taken.status === 202 ? this.#queued(body, taken) : this.#issued(body, taken, signingSecretOf)
    return { status: taken.status, headers: taken.headers, body: JSON.stringify(shown) }
  }

  #issued(body: unknown, { secretHash }: TakenCommand, signingSecretOf: WriteSide['signingSecretOf']): IssuedKey {
    const key = keySchema.parse(body)
    if (secretHash !== this.hash) return { ...key, ...WITHHELD }
    return {
      ...key,
      api_key: this.#textOf(key.id),
      signing_secret: signingSecretOf(key.id, key.version),
      notice: SHOWN,
    }
  }

  /**
   * Whoever asked first has made the secret that the key will have: withheld while the ledger is slow, it would be lost.
   * The signing secret follows from the version that the key will have, which nobody knows yet.
   */
  #queued(body: unknown, { headers }: TakenCommand): QueuedKey {
    const { id } = queuedSchema.parse(body)
    if (headers['idempotent-replayed'] !== undefined) return { id, status: 'queued', ...WITHHELD }
    return { id, status: 'queued', api_key: this.#textOf(id), signing_secret: null, notice: SHOWN_EARLY }
  }

  #textOf(id: string): string {
    return formatApiKey({ id, secret: this.#secret })
  }
}

const WITHHELD = { api_key: null, signing_secret: null, notice: SHOWN_BEFORE } as const
