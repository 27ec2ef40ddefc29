import { LRUCache } from 'lru-cache'
import { isBelow, type ObjectState } from './freshness.ts'

interface Floor {
  version: number
  timeline: number
}

/** The newest versions that this instance has served: never answer with less. Bounded, the longest unread go. */
export class ServedFloors {
  readonly #floors: LRUCache<string, Floor>

  constructor(max: number) {
    this.#floors = new LRUCache({ max })
  }

  get(key: string): Readonly<Floor> | undefined {
    return this.#floors.get(key)
  }

  /** Whether the state may be served; if so it is the floor from now on. */
  admit(key: string, state: ObjectState): boolean {
    const floor = this.#floors.get(key)
    if (floor === undefined) {
      this.#floors.set(key, { version: state.version, timeline: state.timeline })
      return true
    }
    if (isBelow(state, floor)) return false
    floor.version = state.version
    floor.timeline = state.timeline
    return true
  }
}
