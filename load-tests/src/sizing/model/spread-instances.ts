/** Instances of stateless tiers on nodes that may die. Pure. */

export interface NeededInstances {
  readonly tier: string
  /** That carry the peak with all nodes there. */
  readonly needed: number
  /** That carry the peak with the nodes gone. */
  readonly neededAfterLoss: number
}

export interface SpreadInstances extends NeededInstances {
  readonly instances: number
  /** That may be left when the nodes are gone: the fullest nodes of this tier went. */
  readonly afterLoss: number
}

/** A cluster of more nodes is another one than this model's. */
const MAX_NODES = 10_000

/**
 * The fewest nodes on which every tier, spread evenly, still has what it needs when `survive` of them are gone.
 *
 * @param coresPerNode  an instance takes one core
 * @throws RangeError when no number of nodes up to 10,000 is enough
 */
export function spreadInstances(
  tiers: readonly NeededInstances[],
  survive: number,
  coresPerNode: number,
): { nodes: number; tiers: SpreadInstances[] } {
  for (let nodes = survive + 1; nodes <= MAX_NODES; nodes++) {
    const spread = tiers.map((tier) => spreadOver(tier, nodes, survive))
    const instances = spread.reduce((sum, tier) => sum + tier.instances, 0)
    if (instances <= nodes * coresPerNode) return { nodes, tiers: spread }
  }
  throw new RangeError(`more than ${MAX_NODES} nodes of ${coresPerNode} cores would be needed`)
}

function spreadOver(tier: NeededInstances, nodes: number, survive: number): SpreadInstances {
  const lostOf = (instances: number): number => Math.min(instances, survive * Math.ceil(instances / nodes))
  let instances = Math.max(tier.needed, tier.neededAfterLoss)
  while (instances - lostOf(instances) < tier.neededAfterLoss) instances++
  return { ...tier, instances, afterLoss: instances - lostOf(instances) }
}
