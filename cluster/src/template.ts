/**
 * `${NAME}` in a text, for a known set of names: what `envsubst '${A} ${B}'` does, and so what the nginx image does with
 * /etc/nginx/templates. Anything else that looks like a variable (`$host`, `${request_uri}`) stays as it is.
 */
export function renderTemplate(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$([A-Za-z_][A-Za-z0-9_]*)/g, (text, braced, bare) => {
    const name = String(braced ?? bare)
    return Object.hasOwn(values, name) ? String(values[name]) : text
  })
}
