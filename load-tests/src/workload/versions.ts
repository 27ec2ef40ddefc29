/** What a client can read off an answer's headers: 1 µs, against 20–100 µs for a body that is parsed. */

/** The version in an entity tag (`"42"`), or undefined when it is none. */
export function versionOfEtag(etag: string | undefined): number | undefined {
  if (etag === undefined) return undefined
  const version = Number(etag.slice(1, -1))
  return Number.isInteger(version) && etag.length > 2 ? version : undefined
}

/**
 * The version that a consistency token demands of an account, or undefined when it does not name it.
 *
 * @param token  `1.<timeline>.<lsn>[.<26 characters of the id>:<version in base 36>]…`
 * @param accountId  `acc_` and 38 characters, of which the first 26 name it
 */
export function versionInToken(token: string, accountId: string): number | undefined {
  const name = `.${accountId.slice(4, 30)}:`
  const at = token.indexOf(name)
  if (at < 0) return undefined
  const start = at + name.length
  const end = token.indexOf('.', start)
  return parseInt(end < 0 ? token.slice(start) : token.slice(start, end), 36)
}
