/** Text for people. A card's number has no place in it: it would be stored, and shown. */
import cardValidator from 'card-validator'
import { metadataSchema, textSchema } from './text.ts'

/** 13 to 19 digits, as people write them: alone, or in groups. */
const CANDIDATE = /(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])/g
const SEPARATORS = /[ -]/g

/**
 * Whether a text names a card: digits of a brand's length and prefix, whose check digit fits. Of other numbers of such a
 * length and prefix one in ten passes for one.
 */
export function namesCard(text: string): boolean {
  for (const [candidate] of text.matchAll(CANDIDATE))
    if (cardValidator.number(candidate.replaceAll(SEPARATORS, '')).isValid) return true
  return false
}

const NO_CARD = { error: 'holds the number of a card' }

/** As textSchema, without a card's number. */
export const freeTextSchema = (maxLength: number) => textSchema(maxLength).refine((text) => !namesCard(text), NO_CARD)

/** As metadataSchema, without a card's number in a key or a value. */
export const freeMetadataSchema = metadataSchema.refine(
  (metadata) => !Object.entries(metadata).some(([key, value]) => namesCard(key) || namesCard(value)),
  NO_CARD,
)
