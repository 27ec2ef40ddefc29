/**
 * API keys as clients hold them: `sk_test_<id>_<secret>`.
 *
 * The id names the row and may be logged. The secret has 128 random bits, so that it is stored as a plain SHA-256: a slow
 * hash protects guessable passwords, and nobody guesses 2^128.
 */
import { createHash, createHmac, randomBytes, type KeyObject } from 'node:crypto'
import { encodeBody } from '../ids/base32.ts'

export interface ApiKeyText {
  readonly id: string
  readonly secret: string
}

const PREFIX = 'sk_test_'
const KEY = /^sk_test_([a-z0-9]{1,32})_([0-9a-z]{26,64})$/
const SECRET_BYTES = 16

/** A fresh secret of 128 random bits. It is shown once; the ledger keeps {@link hashSecret} of it. */
export const generateSecret = (): string => encodeBody(randomBytes(SECRET_BYTES))

/**
 * A key that the same seed gives again, for demonstration: whoever has the seed has the key.
 *
 * @param id  1–32 lower-case letters and digits
 */
export function deriveApiKey(seed: KeyObject, id: string): ApiKeyText {
  const digest = createHmac('sha256', seed).update(id).digest()
  return { id, secret: encodeBody(digest.subarray(0, SECRET_BYTES)) }
}

/** What goes into `Authorization: Bearer …`. */
export const formatApiKey = ({ id, secret }: ApiKeyText): string => `${PREFIX}${id}_${secret}`

/** The parts of a key's text, or undefined when it is none. Says nothing about whether such a key exists. */
export function parseApiKey(text: string): ApiKeyText | undefined {
  const [, id, secret] = KEY.exec(text) ?? []
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

/** What `api_keys.secret_hash` holds: SHA-256 of the secret's text, 32 bytes. */
export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest()
