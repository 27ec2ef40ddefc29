/**
 * A key's new secret on its way to who asked for it: into one answer, and nowhere else. The command has its hash, and so
 * has the ledger; what Redis remembers of an idempotency key is the answer without it.
 *
 * Whether a secret counts is for the ledger to say. Of two requests with one Idempotency-Key that come at once, each has
 * made a secret, and one of them is the key's: the outcome tells its hash.
 */
import { keySchema, type IssuedKey, type QueuedKey } from '@paycluster/contracts'
import { formatApiKey, generateSecret, hashSecret } from '@paycluster/platform/identity/api-key-text'
import type { Answer } from '../commands/answer.ts'
import type { TakenCommand } from '../commands/command-intake.ts'
import type { WriteSide } from '../write-side.ts'

const SHOWN = 'Keep the secrets: they are shown this once, and stored nowhere.'
const SHOWN_BEFORE = 'The secrets were shown in the first answer, and are stored nowhere: rotate the key for new ones.'
const SHOWN_EARLY =
  'The key works once it is in the ledger. Its secret is shown this once, and stored nowhere; for a signing secret rotate the key.'

export class IssuedSecret {
  readonly #keyId: string
  readonly #secret = generateSecret()
  /** 64 hexadecimal digits. */
  readonly hash = hashSecret(this.#secret).toString('hex')

  constructor(keyId: string) {
    this.#keyId = keyId
  }

  /** The answer with the secrets that are its own. */
  show(taken: TakenCommand, signingSecretOf: WriteSide['signingSecretOf']): Answer {
    const { status, headers, outcome } = taken
    const body: unknown = JSON.parse(taken.body)
    if (status === 202) {
      const isFirst = headers['idempotent-replayed'] === undefined
      return { status, headers, body: JSON.stringify(this.#queued(isFirst)) }
    }
    const key = keySchema.parse(body)
    const isOurs = outcome?.secret_hash === this.hash
    const issued: IssuedKey = {
      ...key,
      api_key: isOurs ? this.#text() : null,
      signing_secret: isOurs ? signingSecretOf(key.id, key.version) : null,
      notice: isOurs ? SHOWN : SHOWN_BEFORE,
    }
    return { status, headers, body: JSON.stringify(issued) }
  }

  /** Whoever asked first has made the secret that will be the key's: with none, a slow ledger would lock it out. */
  #queued(isFirst: boolean): QueuedKey {
    return {
      id: this.#keyId,
      status: 'queued',
      api_key: isFirst ? this.#text() : null,
      // It follows from the version that the key will have.
      signing_secret: null,
      notice: isFirst ? SHOWN_EARLY : SHOWN_BEFORE,
    }
  }

  #text(): string {
    return formatApiKey({ id: this.#keyId, secret: this.#secret })
  }
}
