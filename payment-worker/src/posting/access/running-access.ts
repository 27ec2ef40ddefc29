import { keyStatusAt, type ClientTerms, type SetTermsCommand } from '@paycluster/contracts'
import type { AccessState, KeyRow } from './access-state.ts'

const NOTHING: AccessState = { changes: new Map(), clients: [], keys: new Map() }

/** Clients and keys as they stand while a batch is being decided: as they were read, and as the commands before left them. */
export class RunningAccess {
  readonly state: AccessState
  readonly #clients: ReadonlySet<number>
  readonly #names: Set<string>
  readonly #keys: Map<string, KeyRow>
  readonly #revisions: Map<number, number>

  constructor(state: AccessState = NOTHING) {
    this.state = state
    this.#clients = new Set(state.clients.map(({ id }) => id))
    this.#names = new Set(state.clients.map(({ name }) => name))
    this.#keys = new Map(state.keys)
    this.#revisions = new Map(state.revisions)
  }

  isClient(id: number): boolean {
    return this.#clients.has(id)
  }

  isTaken(name: string): boolean {
    return this.#names.has(name)
  }

  takeName(name: string): void {
    this.#names.add(name)
  }

  keyOf(id: string): KeyRow | undefined {
    return this.#keys.get(id)
  }

  setKey(id: string, row: KeyRow): void {
    this.#keys.set(id, row)
  }

  /** @returns the client's terms after it */
  setTerms({ owner, commissions, limits }: SetTermsCommand): ClientTerms {
    const revision = (this.#revisions.get(owner) ?? 0) + 1
    this.#revisions.set(owner, revision)
    const own = limits
      .filter(({ per_payment, per_day }) => per_payment !== null || per_day !== null)
      .sort((a, b) => (a.currency < b.currency ? -1 : 1))
    return { client: owner, commissions, limits: own, revision }
  }

  /** Whether somebody could still operate the cluster without this key. */
  hasOpsKeyBeside(id: string, atMs: number): boolean {
    return [...this.#keys].some(([other, row]) => other !== id && isLiveOpsKey(row, atMs))
  }
}

export const isLiveOpsKey = (row: KeyRow, atMs: number): boolean =>
  row.scopes.includes('ops') && keyStatusAt(row, atMs) === 'active'
