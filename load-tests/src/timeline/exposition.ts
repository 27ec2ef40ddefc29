/**
 * Sums of counters and gauges in Prometheus' text format. Pure.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */

/**
 * The sum over all series of a metric whose labels include `labels`, such as `outcome="hit"`.
 *
 * @returns undefined when there is no such series
 */
export function sumOfMetric(text: string, name: string, labels = ''): number | undefined {
  let sum: number | undefined
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    const isStart = at === 0 || text[at - 1] === '\n'
    const next = text[at + name.length]
    if (!isStart || (next !== '{' && next !== ' ')) continue
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? undefined : end)
    if (line.includes(labels)) sum = (sum ?? 0) + Number(line.slice(line.lastIndexOf(' ')))
  }
  return sum
}
