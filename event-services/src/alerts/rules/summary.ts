/** The sentence that an alert is told by. */
const NAME = /\{\{\s*([a-z0-9_.]+)\s*\}\}/g
const MAX_LENGTH = 500

/** What a template names. */
export const namesIn = (template: string): string[] => Array.from(template.matchAll(NAME), ([, name = '']) => name)

/** Fills in what is known. @param values  by name; a name that is not among them stays empty */
export const summaryOf = (template: string, values: Readonly<Record<string, string | number>>): string =>
  template.replaceAll(NAME, (_, name: string) => String(values[name] ?? '')).slice(0, MAX_LENGTH)
