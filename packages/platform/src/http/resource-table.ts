/** Which resources there are, and which methods each of them knows. */

interface Resource {
  readonly segments: readonly string[]
  readonly methods: Set<string>
}

/** Paths are patterns as routes have them: `/v1/accounts/:id`. Of two that fit, the one that was added first counts. */
export class ResourceTable {
  readonly #resources = new Map<string, Resource>()

  constructor(resources: Readonly<Record<string, readonly string[]>> = {}) {
    for (const [pattern, methods] of Object.entries(resources)) this.add(pattern, methods)
  }

  add(pattern: string, methods: readonly string[]): void {
    const resource = this.#resources.get(pattern) ?? { segments: pattern.split('/'), methods: new Set() }
    this.#resources.set(pattern, resource)
    for (const method of methods) resource.methods.add(method)
  }

  /** Whether the pattern is there and knows these methods. */
  has(pattern: string, methods: readonly string[]): boolean {
    const known = this.#resources.get(pattern)?.methods
    return known !== undefined && methods.every((method) => known.has(method))
  }

  /**
   * The methods of the resource at a path, in alphabetical order; none where there is no resource.
   *
   * @param path  as the client wrote it, without its query
   */
  methodsAt(path: string): string[] {
    const segments = path.split('/')
    const found = [...this.#resources.values()].find((resource) => fits(resource.segments, segments))
    return [...(found?.methods ?? [])].sort()
  }
}

const fits = (pattern: readonly string[], segments: readonly string[]): boolean =>
  pattern.length === segments.length &&
  pattern.every((part, at) => (part.startsWith(':') ? segments[at] !== '' : part === segments[at]))
