/** Scenarios as they come: YAML of a file or of a request, or an object of JSON. What is wrong is named by line and field. */
import { isMap, isNode, LineCounter, parseDocument, visit, type Document } from 'yaml'
import type { z } from 'zod'
import { scenarioSchema, type Scenario } from './scenario.ts'

export const MAX_SCENARIO_BYTES = 64 * 1024
/** An alias that stands for aliases multiplies: a few lines would fill the memory. */
const MAX_ALIASES = 50
const MAX_FAULTS = 20

/** One thing that is wrong with a scenario. */
export interface ScenarioFault {
  /** RFC 6901 pointer to the field; empty for the whole. */
  readonly pointer: string
  readonly detail: string
  /** From 1; absent where there was no text. */
  readonly line?: number
  readonly column?: number
}

/** What is no scenario. The message names the source, and the line and the field of everything that is wrong. */
export class ScenarioError extends Error {
  readonly faults: readonly ScenarioFault[]

  constructor(source: string, faults: readonly ScenarioFault[]) {
    super(faults.map((fault) => describe(source, fault)).join('\n'))
    this.name = 'ScenarioError'
    this.faults = faults
  }
}

function describe(source: string, { pointer, detail, line, column }: ScenarioFault): string {
  const place = line === undefined ? source : `${source}:${line}:${column ?? 1}`
  return `${place}: ${pointer === '' ? '' : `${pointer} `}${detail}`
}

/** @param source  of the messages: the file's name. @throws ScenarioError */
export function parseScenarioText(text: string, source: string): Scenario {
  if (Buffer.byteLength(text) > MAX_SCENARIO_BYTES)
    throw new ScenarioError(source, [{ pointer: '', detail: `is more than ${MAX_SCENARIO_BYTES} bytes` }])
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const unreadable = [...document.errors, ...document.warnings].slice(0, MAX_FAULTS)
  if (unreadable.length > 0)
    throw new ScenarioError(
      source,
      unreadable.map(({ message, pos: [start] }) => ({ pointer: '', detail: message, ...placeAt(lines, start) })),
    )
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return
      const fault = {
        pointer: '',
        detail: `there is no anchor ${alias.source}`,
        ...placeAt(lines, alias.range?.[0] ?? 0),
      }
      throw new ScenarioError(source, [fault])
    },
  })
  const checked = scenarioSchema.safeParse(valueOf(document, source))
  if (checked.success) return checked.data
  const faults = faultsOf(checked.error).map(({ path, ...fault }) => ({
    ...fault,
    ...placeAt(lines, offsetOf(document, path)),
  }))
  throw new ScenarioError(source, faults)
}

/** @throws ScenarioError without lines */
export function parseScenarioObject(value: unknown, source: string): Scenario {
  const checked = scenarioSchema.safeParse(value)
  if (checked.success) return checked.data
  throw new ScenarioError(
    source,
    faultsOf(checked.error).map(({ pointer, detail }) => ({ pointer, detail })),
  )
}

function valueOf(document: Document, source: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    // Of too many aliases.
    const detail = error instanceof Error ? error.message : String(error)
    throw new ScenarioError(source, [{ pointer: '', detail, line: 1, column: 1 }])
  }
}

type Path = readonly PropertyKey[]

interface PlacedFault {
  readonly pointer: string
  readonly detail: string
  readonly path: Path
}

/** A field that is not known is a fault of its own, at its place. */
const faultsOf = (error: z.ZodError): PlacedFault[] =>
  error.issues
    .flatMap((issue): PlacedFault[] =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => placed([...issue.path, key], 'is not known here'))
        : [placed(issue.path, issue.message)],
    )
    .slice(0, MAX_FAULTS)

const placed = (path: Path, detail: string): PlacedFault => ({ pointer: pointerOf(path), detail, path })

/** RFC 6901. */
const pointerOf = (path: Path): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** Where a field is: its key where it has one. Of a field that is missing, where it would belong. */
function offsetOf(document: Document, path: Path): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const key = path[depth - 1]
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true)
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isNode(item.key) && String(item.key) === String(key))
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return pair.key.range[0]
    } else {
      const item = document.getIn(path.slice(0, depth), true)
      if (isNode(item) && item.range) return item.range[0]
    }
  }
  return document.contents?.range?.[0] ?? 0
}

function placeAt(lines: LineCounter, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}
