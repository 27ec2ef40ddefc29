/**
 * Consistency tokens, `1.<timeline>.<lsn in hex>[.<account>:<version in base 36>]…`, are opaque to whoever only passes
 * one on. This client has seen many answers, and sends one token that stands for all of them.
 */
const TOKEN = /^1\.([0-9a-f]+)\.([0-9a-f]+)((?:\.[0-9a-z]+:[0-9a-z]+)*)$/
/** What the cluster takes. */
const MAX_ACCOUNTS = 16

interface Token {
  readonly timeline: number
  readonly lsn: bigint
  readonly versions: ReadonlyMap<string, number>
}

/**
 * The token of a state that is at least both. Of two timelines the newer counts: after a failover, versions of the old
 * one do not compare. Of the accounts, the newer token's come first; those past the bound are covered by the log position.
 *
 * Whatever cannot be read is passed on as it is, newest first: a newer cluster may write tokens in another form.
 */
export function mergeTokens(older: string | undefined, newer: string): string {
  const [a, b] = [older === undefined ? undefined : parse(older), parse(newer)]
  if (a === undefined || b === undefined || b.timeline > a.timeline) return newer
  if (a.timeline > b.timeline) return older ?? newer
  const accounts = [...new Set([...b.versions.keys(), ...a.versions.keys()])].slice(0, MAX_ACCOUNTS)
  const versions = accounts.map((account) => {
    const version = Math.max(a.versions.get(account) ?? 0, b.versions.get(account) ?? 0)
    return `.${account}:${version.toString(36)}`
  })
  const lsn = a.lsn > b.lsn ? a.lsn : b.lsn
  return `1.${b.timeline.toString(16)}.${lsn.toString(16)}${versions.join('')}`
}

function parse(text: string): Token | undefined {
  const [, timeline, lsn, rest = ''] = TOKEN.exec(text) ?? []
  if (timeline === undefined || lsn === undefined) return undefined
  const versions = rest.split('.').flatMap((part) => {
    const [account, version] = part.split(':')
    return account === undefined || version === undefined ? [] : [[account, parseInt(version, 36)] as const]
  })
  return { timeline: parseInt(timeline, 16), lsn: BigInt(`0x${lsn}`), versions: new Map(versions) }
}
