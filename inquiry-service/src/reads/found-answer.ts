import type { Answer } from '../answers/answer.ts'
import type { FoundObject } from './object-reader.ts'

/** The answer with an object that was found: its stored JSON as it is. */
export function foundAnswer({ entry, source }: FoundObject): Answer {
  return { body: entry.json, source, asOfMs: entry.asOfMs, etag: String(entry.version), token: entry.token }
}
