import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen, type CircuitBreakerPolicy } from 'cockatiel'

const FAILURES_TO_OPEN = 3
const HALF_OPEN_AFTER_MS = 500

/** SQLSTATE classes and codes that say that the node is at fault, not the statement. */
const NODE_AT_FAULT = /^(08|53|57P|58|XX)/
const SQLSTATE = /^[0-9A-Z]{5}$/

/** Whether an error is the node's: connection lost or refused, no answer in time, shutting down, out of resources. */
export function isNodeFailure(error: unknown): boolean {
  const code = sqlState(error)
  return code === undefined || NODE_AT_FAULT.test(code)
}

/**
 * Whether another node may answer the same query: this one is at fault, or it cancelled the query because replay needed
 * what the query was reading (40001, 40P01), or because its time was over (57014).
 */
export function isWorthAnotherNode(error: unknown): boolean {
  const code = sqlState(error)
  return code === undefined || NODE_AT_FAULT.test(code) || code.startsWith('40') || code === '57014'
}

function sqlState(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' && SQLSTATE.test(code) && !code.startsWith('E') ? code : undefined
}

/** Stops queries to a node that fails, until a probe passes. Probes and queries count together. */
export class NodeCircuit {
  readonly #policy: CircuitBreakerPolicy = circuitBreaker(handleWhen(isNodeFailure), {
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    halfOpenAfter: HALF_OPEN_AFTER_MS,
  })

  get isOpen(): boolean {
    return this.#policy.state === CircuitState.Open
  }

  /** @throws cockatiel's BrokenCircuitError at once while the circuit is open · what `query` throws */
  run<T>(query: () => Promise<T>): Promise<T> {
    return this.#policy.execute(query)
  }
}
