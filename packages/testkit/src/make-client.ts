import { createHash, randomBytes } from 'node:crypto'
import type { Scope } from '@paycluster/contracts'
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import { ApiClient } from './api-client.ts'
import { query } from './query.ts'
import type { TestCluster } from './test-cluster.ts'

/**
 * Makes a client with a key that pays and reads, in the database itself: no command has to be posted for it.
 *
 * @param name  of the client, and of its key: no other one has it
 */
export async function makeClient(
  cluster: TestCluster,
  name: string,
  scopes: readonly Scope[] = ['payments:read', 'payments:write'],
): Promise<{ client: number; apiKey: string; api: ApiClient }> {
  const secret = randomBytes(24).toString('base64url')
  const [row] = await query<{ client_id: number }>(
    databaseUrl(cluster.secrets, 'owner', cluster.settings.ports.primary),
    `WITH c AS (INSERT INTO clients (name) VALUES ($1) RETURNING id)
     INSERT INTO api_keys (id, client_id, secret_hash, scopes, limit_tier)
     SELECT $1, id, $2, $3, 'peak' FROM c RETURNING client_id`,
    [name, createHash('sha256').update(secret).digest(), scopes],
  )
  if (row === undefined) throw new Error(`the client ${name} was not made`)
  const apiKey = `sk_test_${name}_${secret}`
  return { client: row.client_id, apiKey, api: new ApiClient(cluster.url, apiKey) }
}
