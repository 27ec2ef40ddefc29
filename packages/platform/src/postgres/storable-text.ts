/** At most so many characters of a foreign text, as PostgreSQL takes it: its text has no U+0000. */
export const storableText = (text: string, maxLength: number): string =>
  text.slice(0, maxLength).replaceAll('\u0000', '\ufffd')
