/** Which cluster, and who asks. */
import { PaymentClient } from '@paycluster/client'
import { readDemo } from '@paycluster/cluster/demo'
import { layoutOf } from '@paycluster/cluster/layout'
import { loadSettings } from '@paycluster/cluster/settings/load-settings'
import { Option, type Command } from 'commander'
import { UsageError } from './errors.ts'

/** For one call with all its attempts: a person waits for it. */
const CALL_TIMEOUT_MS = 30_000

interface ConnectionOptions {
  readonly url?: string
  readonly key?: string
  readonly signingSecret?: string
}

export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--url <url>', 'of the gateway (default: that of the cluster on this machine)').env('OPS_URL'),
    )
    .addOption(new Option('--key <key>', 'an API key with the scope ops (default: that of the demo)').env('OPS_KEY'))
    .addOption(new Option('--signing-secret <secret>', 'of a key that demands signatures').env('OPS_SIGNING_SECRET'))
    .option('--json', 'for programs: JSON')
}

/**
 * A client for the cluster that the options name: by default the one that runs on this machine, with its demo's key.
 *
 * @throws UsageError when nothing says which cluster, or with which key
 */
export function connect(command: Command): PaymentClient {
  const given = command.optsWithGlobals<ConnectionOptions>()
  const demo = given.url === undefined || given.key === undefined ? readDemo(layoutOf(loadSettings()).demo) : undefined
  const url = given.url ?? demo?.url
  if (url === undefined) throw new UsageError('no cluster has been started here: name one with --url or OPS_URL')
  if (!URL.canParse(url)) throw new UsageError(`--url ${url} is no URL`)
  // The demo's key is for the demo's cluster: no other one is told it.
  const key = given.key ?? (url === demo?.url ? demo.opsKey : undefined)
  if (key === undefined) throw new UsageError(`which key for ${url}? Give one with --key or OPS_KEY`)
  const { signingSecret } = given
  const signing = signingSecret === undefined ? {} : { signingSecret }
  return new PaymentClient({ url, apiKey: key, timeoutMs: CALL_TIMEOUT_MS, ...signing })
}
