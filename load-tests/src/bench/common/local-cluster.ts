import { loadSettings } from '@paycluster/cluster/settings/load-settings'
import { LoadError } from '../../load-error.ts'
import { findTarget, type LocalCluster, type Target } from '../../target/target.ts'

/** The running native cluster of this checkout: benches ask its log, its ledger and its processes. */
export async function findLocalCluster(): Promise<Target & { readonly cluster: LocalCluster }> {
  const target = await findTarget(loadSettings(), {})
  const { cluster } = target
  if (cluster === undefined) throw new LoadError('not_ready', 'the bench needs the native cluster of this checkout')
  return { ...target, cluster }
}
