/** The clients and keys of the demonstration: the only rows that it writes itself, because no command makes them. */
import type { LimitTier, Scope } from '@paycluster/contracts'
import { deriveApiKey, formatApiKey, hashSecret } from '@paycluster/platform/identity/api-key-text'
import { signingSecret } from '@paycluster/platform/identity/signing-secret'
import { HOUSE_CLIENT } from '@paycluster/platform/ids/house-accounts'
import { deriveKey } from '@paycluster/platform/ids/id-codec'
import { MoreThan, type DataSource, type EntityManager } from 'typeorm'
import { ApiKey, Client } from '../entities/index.ts'

const SYSTEM_CLIENT = 'system'
const DEMO_CLIENT = 'demo'

interface DemoKey {
  readonly id: string
  readonly scopes: Scope[]
  readonly limitTier: LimitTier
  readonly signatureRequired: boolean
}

/** Its limits lie above the peak: load runs use it. */
const DEMO_KEY: DemoKey = {
  id: 'demo',
  scopes: ['payments:write', 'payments:read'],
  limitTier: 'peak',
  signatureRequired: false,
}
const SIGNED_KEY: DemoKey = { ...DEMO_KEY, id: 'demosigned', signatureRequired: true }
const OPS_KEY: DemoKey = { ...DEMO_KEY, id: 'demoops', scopes: ['ops', 'payments:read'] }

export interface DemoClients {
  /** Client numbers. */
  readonly system: number
  readonly demo: number
}

export interface DemoKeys {
  readonly apiKey: string
  /** Demands a signature with {@link signingSecret}. */
  readonly signedApiKey: string
  readonly signingSecret: string
  readonly opsKey: string
}

/** A database that holds something else. */
export class NotADemonstrationError extends Error {
  readonly code = 'not_a_demonstration'
}

/**
 * Makes the clients `system` and `demo` and their keys, or finds them as an earlier run made them.
 *
 * The keys' secrets are derived from the cluster secret, so that every run prints the same ones. That is for
 * demonstration only: a real key is random and known to its client alone.
 *
 * @throws NotADemonstrationError when the database has clients but not these, or was filled with another cluster secret
 */
export async function prepareDemoClients(
  source: DataSource,
  clusterSecret: string,
): Promise<{ clients: DemoClients; keys: DemoKeys }> {
  const seed = deriveKey(clusterSecret, 'demo keys')
  return source.transaction(async (manager) => {
    await refuseOthers(manager)
    const clients = { system: await clientNamed(manager, SYSTEM_CLIENT), demo: await clientNamed(manager, DEMO_CLIENT) }
    const make = async (key: DemoKey): Promise<string> => {
      const text = deriveApiKey(seed, key.id)
      await ensureKey(manager, { ...key, clientId: clients.demo, secretHash: hashSecret(text.secret) })
      return formatApiKey(text)
    }
    const keys = {
      apiKey: await make(DEMO_KEY),
      signedApiKey: await make(SIGNED_KEY),
      signingSecret: signingSecret(clusterSecret, SIGNED_KEY.id, 1),
      opsKey: await make(OPS_KEY),
    }
    return { clients, keys }
  })
}

async function refuseOthers(manager: EntityManager): Promise<void> {
  const clients = manager.getRepository(Client)
  if ((await clients.countBy({ id: MoreThan(HOUSE_CLIENT) })) === 0 || (await clients.existsBy({ name: DEMO_CLIENT })))
    return
  throw new NotADemonstrationError('the database has clients, but no demo client: it holds something else')
}

async function clientNamed(manager: EntityManager, name: string): Promise<number> {
  const clients = manager.getRepository(Client)
  await clients.createQueryBuilder().insert().values({ name }).orIgnore().execute()
  return (await clients.findOneByOrFail({ name })).id
}

async function ensureKey(
  manager: EntityManager,
  key: DemoKey & { readonly clientId: number; readonly secretHash: Buffer },
): Promise<void> {
  const keys = manager.getRepository(ApiKey)
  await keys.createQueryBuilder().insert().values(key).orIgnore().execute()
  const stored = await keys.findOneByOrFail({ id: key.id })
  if (stored.secretHash.equals(key.secretHash)) return
  throw new NotADemonstrationError('the demo keys were made with another cluster secret: reset the cluster')
}
