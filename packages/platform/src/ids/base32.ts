/**
 * Crockford's base32 in lower case (https://www.crockford.com/base32.html): no i, l, o, u, so that ids survive being
 * read aloud. 128 bits take 26 characters, the first of which is 0 to 7; 30 bits take 6.
 */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const VALUES = new Int8Array(128).fill(-1)
for (let value = 0; value < 32; value++) VALUES[ALPHABET.charCodeAt(value)] = value

const BODY_LENGTH = 26
const BODY_BYTES = 16
const TAG_LENGTH = 6

/** 16 bytes as 26 characters; the two unused high bits are zero. */
export function encodeBody(bytes: Uint8Array): string {
  let text = ''
  let bits = 2
  let value = 0
  for (let index = 0; index < BODY_BYTES; index++) {
    value = ((value << 8) | (bytes[index] ?? 0)) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET.charAt((value >> bits) & 31)
    }
  }
  return text
}

/**
 * 26 characters of a text as 16 bytes.
 *
 * @param from  where the body begins
 * @param bytes  where to put them
 * @throws RangeError on a character outside the alphabet, or on a body of more than 128 bits
 */
export function decodeBody<T extends Uint8Array>(text: string, from: number, bytes: T): T {
  let bits = -2
  let value = 0
  let length = 0
  for (let index = 0; index < BODY_LENGTH; index++) {
    const digit = VALUES[text.charCodeAt(from + index)] ?? -1
    if (digit < 0 || (index === 0 && digit > 7)) throw new RangeError('not a base32 body')
    value = ((value << 5) | digit) & 0x1fff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[length++] = (value >> bits) & 0xff
    }
  }
  return bytes
}

/** The first 30 bits of a digest as 6 characters. */
export function encodeTag(digest: Buffer): string {
  let word = digest.readUInt32BE(0) >>> 2
  let text = ''
  for (let index = 0; index < TAG_LENGTH; index++) {
    text = ALPHABET.charAt(word & 31) + text
    word >>>= 5
  }
  return text
}
