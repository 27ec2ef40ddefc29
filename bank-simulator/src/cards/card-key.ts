/** The bank's key pair for cards: what clients encrypt with is public, the other half is a file of its owner's alone. */
import { openSync, closeSync, fstatSync, fsyncSync, readFileSync, writeFileSync } from 'node:fs'
import { calculateJwkThumbprint, compactDecrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'

const KEY_MANAGEMENT = 'ECDH-ES+A256KW'
const CONTENT_ENCRYPTION = 'A256GCM'

export class CardKeyError extends Error {
  readonly code = 'card_key_invalid'
}

export interface CardKey {
  readonly publicJwk: JWK
  /** @returns the plaintext. @throws an error of jose for what was not encrypted for this key in this way */
  decrypt(jwe: string): Promise<Uint8Array>
}

/** Reads the key pair, or makes it. @throws CardKeyError for a file that others may read, or that holds something else */
export async function loadCardKey(path: string): Promise<CardKey> {
  const { d, kty = '', crv = '', x = '', y = '' } = readKey(path) ?? (await makeKey(path))
  if (d === undefined || kty !== 'EC' || crv !== 'P-256')
    throw new CardKeyError(`${path} holds no private P-256 key as a JWK`)
  const publicPart = { kty, crv, x, y }
  const privateKey = await importJWK({ ...publicPart, d }, KEY_MANAGEMENT)
  const kid = await calculateJwkThumbprint(publicPart)
  return {
    publicJwk: { ...publicPart, use: 'enc', alg: KEY_MANAGEMENT, kid },
    async decrypt(jwe) {
      const { plaintext } = await compactDecrypt(jwe, privateKey, {
        keyManagementAlgorithms: [KEY_MANAGEMENT],
        contentEncryptionAlgorithms: [CONTENT_ENCRYPTION],
      })
      return plaintext
    },
  }
}

function readKey(path: string): JWK | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    if ((fstatSync(file).mode & 0o077) !== 0) throw new CardKeyError(`${path} must be for its owner alone: chmod 600`)
    return JSON.parse(readFileSync(file, 'utf8')) as JWK
  } catch (error) {
    // The parser's message quotes what it read.
    if (error instanceof SyntaxError) throw new CardKeyError(`${path} is not JSON`)
    throw error
  } finally {
    closeSync(file)
  }
}

async function makeKey(path: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(KEY_MANAGEMENT, { crv: 'P-256', extractable: true })
  const jwk = await exportJWK(privateKey)
  // Whoever made it meanwhile keeps it: two processes with two keys would each refuse what the other one is sent.
  const file = openSync(path, 'wx', 0o600)
  try {
    writeFileSync(file, `${JSON.stringify(jwk)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return jwk
}
