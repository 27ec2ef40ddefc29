import type { IssuedKey, Key, QueuedKey } from '@paycluster/contracts'
import type { Command } from 'commander'
import { QueuedError } from '../errors.ts'
import { isJson, printJson, printTable, type Column } from '../output.ts'

export const KEY_COLUMNS: readonly Column<Key>[] = [
  { heading: 'ID', of: ({ id }) => id },
  { heading: 'CLIENT', of: ({ client_id }) => client_id },
  { heading: 'SCOPES', of: ({ scopes }) => scopes.join(',') },
  { heading: 'TIER', of: ({ limit_tier }) => limit_tier },
  { heading: 'SIGNED', of: ({ signature_required }) => (signature_required ? 'yes' : 'no') },
  { heading: 'STATUS', of: ({ status }) => status },
  { heading: 'VERSION', of: ({ version }) => version },
  { heading: 'CREATED', of: ({ created_at }) => created_at },
  { heading: 'EXPIRES', of: ({ expires_at }) => expires_at },
  { heading: 'REVOKED', of: ({ revoked_at }) => revoked_at },
]

/**
 * Prints a key with its secrets.
 *
 * @throws QueuedError behind them, where the ledger does not have it yet
 */
export function printIssued(command: Command, key: IssuedKey | QueuedKey): void {
  if (isJson(command)) printJson(key)
  else {
    if (key.status !== 'queued') printTable(KEY_COLUMNS, [key])
    process.stdout.write(`API key         ${key.api_key ?? '-'}\nsigning secret  ${key.signing_secret ?? '-'}\n`)
    process.stderr.write(`${key.notice}\n`)
  }
  if (key.status === 'queued') throw new QueuedError()
}
