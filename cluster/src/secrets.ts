/** The cluster's secrets: made at the first start, kept in `<state>/secrets.json`, mode 600. */
import { hkdfSync, randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { ClusterError } from './cluster-error.ts'

/** 256 bits, written in 43 characters. */
const SECRET_BYTES = 32

const secret = z.string().min(32)
const secretsSchema = z.strictObject({
  clusterSecret: secret,
  /** Passwords by role. */
  postgres: z.strictObject({
    superuser: secret,
    owner: secret,
    worker: secret,
    reader: secret,
    monitor: secret,
    replicator: secret,
  }),
})

type KeptSecrets = z.output<typeof secretsSchema>

/** Those that are kept, and those that follow from them. */
export interface Secrets extends KeptSecrets {
  readonly postgres: KeptSecrets['postgres'] & { readonly events: string }
}
export type DatabaseRole = keyof Secrets['postgres']

/** The secrets, made when there are none. @throws ClusterError `half_initialised` when the file is damaged */
export function loadOrMakeSecrets(path: string): Secrets {
  return readSecrets(path) ?? complete(writeSecrets(path, makeSecrets()))
}

/** The secrets of a cluster that was started before, or undefined. */
export function readSecrets(path: string): Secrets | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return complete(secretsSchema.parse(JSON.parse(text)))
  } catch (cause) {
    throw new ClusterError('half_initialised', `${path} is damaged`, { remedy: 'npm run cluster -- reset', cause })
  }
}

/** A cluster that was made before there was this role has a password for it, too. */
function complete({ clusterSecret, postgres }: KeptSecrets): Secrets {
  const bytes = hkdfSync('sha256', clusterSecret, '', 'payment-cluster postgres events', SECRET_BYTES)
  return { clusterSecret, postgres: { ...postgres, events: Buffer.from(bytes).toString('base64url') } }
}

function makeSecrets(): KeptSecrets {
  const next = (): string => randomBytes(SECRET_BYTES).toString('base64url')
  return {
    clusterSecret: next(),
    postgres: {
      superuser: next(),
      owner: next(),
      worker: next(),
      reader: next(),
      monitor: next(),
      replicator: next(),
    },
  }
}

function writeSecrets(path: string, secrets: KeptSecrets): KeptSecrets {
  const partial = `${path}.partial`
  writeFileSync(partial, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  renameSync(partial, path)
  return secrets
}
