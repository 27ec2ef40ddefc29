/** Which cluster is paid at, and which generator is asked. */
import { readDemo } from '@paycluster/cluster/demo'
import { layoutOf } from '@paycluster/cluster/layout'
import { loadSettings } from '@paycluster/cluster/settings/load-settings'
import { demoTarget, listedTarget, type Target } from '@paycluster/traffic-generator/sending/target'
import { Option, type Command } from 'commander'
import { UsageError } from './errors.ts'

export interface TargetOptions {
  readonly url?: string
  readonly key?: string
}

export const addTargetOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--url <url>', 'of the gateway (default: that of the cluster on this machine)').env('TRAFFIC_URL'),
    )
    .addOption(
      new Option('--key <key>', 'of whose accounts take part (default: the demo key, and its accounts)').env(
        'TRAFFIC_KEY',
      ),
    )

/**
 * The cluster on this machine with its demonstration; with a key, the active accounts of its client.
 *
 * @throws UsageError, TargetError, PaymentClientError
 */
export async function findTarget({ url, key }: TargetOptions): Promise<Target> {
  const path = layoutOf(loadSettings()).demo
  const demo = readDemo(path)
  if (url !== undefined && !URL.canParse(url)) throw new UsageError(`--url ${url} is no URL`)
  if (key !== undefined) {
    const at = url ?? demo?.url
    if (at === undefined) throw new UsageError('no cluster has been started here: name one with --url')
    return listedTarget(at, key)
  }
  if (demo === undefined)
    throw new UsageError('no cluster has been started here: npm run cluster -- up, or --url and --key')
  // The demo's keys are for the demo's cluster: no other one is told them.
  if (url !== undefined && url !== demo.url) throw new UsageError(`which key for ${url}? Give one with --key`)
  return demoTarget(path)
}

export const addServerOption = (command: Command): Command =>
  command.addOption(
    new Option('--server <url>', 'of the generator (default: that of the cluster on this machine)').env(
      'TRAFFIC_SERVER',
    ),
  )

/** Without a slash at its end. @throws UsageError */
export function serverUrl({ server }: { readonly server?: string }): string {
  const url = server ?? `http://127.0.0.1:${loadSettings().ports.trafficGenerator}`
  if (!URL.canParse(url)) throw new UsageError(`--server ${url} is no URL`)
  return url.replace(/\/+$/, '')
}
