/** RFC 9110, 13.1.2: whether `If-None-Match`, a list of entity tags or `*`, names a tag. Compared weakly. */
export function isMatch(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch === etag || ifNoneMatch === '*') return true
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}
