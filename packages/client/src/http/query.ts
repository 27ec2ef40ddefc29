/** Everything by which a query is narrowed down. */
export type Query = Readonly<Record<string, string | number | undefined>>

/** The query as it stands in an address; empty where nothing is asked for. */
export function toText(query: Query): string {
  const set = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return set.length === 0 ? '' : `?${String(new URLSearchParams(set))}`
}
