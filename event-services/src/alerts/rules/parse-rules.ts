/** Reads a file of rules; what is wrong with it is named by line and field. */
import { isAlias, isMap, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml'
import type { RuleFault } from '@paycluster/contracts'
import type { Rule } from './rule.ts'
import { rulesSchema } from './rule-schema.ts'

/** Enough to mend a file by. */
const MAX_FAULTS = 20
/** Of YAML's anchors: a file that grows by them is refused. */
const MAX_ALIASES = 100

/** A file that holds no rules. */
export class RulesError extends Error {
  override readonly name = 'RulesError'
  readonly faults: readonly RuleFault[]

  constructor(faults: readonly RuleFault[]) {
    super(faults.map(faultText).join('; '))
    this.faults = faults
  }
}

/** `12:15 rules[1].severity: is none of …` */
const faultText = ({ line, column, field, detail }: RuleFault): string =>
  `${line}:${column}${field === '' ? '' : ` ${field}`}: ${detail}`

/** The faults as lines that begin with the file's name. */
export const faultLines = (file: string, faults: readonly RuleFault[]): string[] =>
  faults.map((fault) => `${file}:${faultText(fault)}`)

/** @throws RulesError */
export function parseRules(text: string): Rule[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0)
    throw new RulesError(
      document.errors
        .slice(0, MAX_FAULTS)
        .map(({ pos, message }) => ({ ...at(lines, pos[0]), field: '', detail: message })),
    )
  const parsed = rulesSchema.safeParse(valueOf(document))
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.flatMap((issue): RuleFault[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => fault(document, lines, [...issue.path, key], 'is not known here'))
      : [fault(document, lines, issue.path, issue.message)],
  )
  throw new RulesError(faults.slice(0, MAX_FAULTS))
}

/** @throws RulesError for aliases that multiply */
function valueOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    const detail = Error.isError(error) ? error.message : 'cannot be read'
    throw new RulesError([{ line: 1, column: 1, field: '', detail }])
  }
}

function fault(document: Document, lines: LineCounter, path: readonly PropertyKey[], detail: string): RuleFault {
  return { ...at(lines, offsetOf(document, path)), field: fieldText(path), detail }
}

/** Where a field stands; where it is missing, what it is missing in. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents
  let offset = startOf(node)
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isSeq(node)) {
      node = node.items[Number(part)]
      offset = startOf(node, offset)
    } else if (isMap(node)) {
      const pair = node.items.find(({ key }) => String((key as { value?: unknown }).value) === part)
      if (pair === undefined) break
      node = pair.value
      offset = startOf(pair.value, startOf(pair.key, offset))
    } else break
  }
  return offset
}

const startOf = (node: unknown, otherwise = 0): number => (node as Node | null | undefined)?.range?.[0] ?? otherwise

function at(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}

/** `rules[1].severity` */
const fieldText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  )
