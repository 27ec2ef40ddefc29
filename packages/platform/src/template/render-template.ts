/** A name in capitals in braces, as `envsubst` of the official nginx image takes it; nginx's own `$variables` stay. */
const PLACEHOLDER = /\$\{([A-Z][A-Z0-9_]*)\}/g

/** A template names variables that were not given. */
export class TemplateError extends Error {
  readonly code = 'template_variable_missing'
}

/** The names of the variables that a template needs, each once, in order of appearance. */
export function templateVariables(template: string): string[] {
  return [...new Set([...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ''))]
}

/**
 * Puts values in place of `${NAME}`. Values are taken literally and are not rendered again.
 *
 * @throws TemplateError naming every variable that has no value; an empty one is a value
 */
export function renderTemplate(template: string, variables: Readonly<Record<string, string | undefined>>): string {
  const missing = templateVariables(template).filter((name) => variables[name] === undefined)
  if (missing.length > 0) throw new TemplateError(`no value for ${missing.join(', ')}`)
  return template.replace(PLACEHOLDER, (_placeholder, name: string) => variables[name] ?? '')
}
