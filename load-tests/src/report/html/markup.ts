/** HTML from templates: what is put in is escaped, unless it is markup itself. */

/** Markup that needs no escaping. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | Markup | readonly Markup[] | undefined

/** `undefined` puts in nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...parts.map(toText)))
}

function toText(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Markup) return part.text
  if (typeof part === 'object') return part.map(({ text }) => text).join('')
  return escape(String(part))
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character)

/** JSON that stands in a script element: no tag can begin in it. */
export const jsonFor = (value: unknown): Markup => new Markup(JSON.stringify(value).replaceAll('<', '\\u003c'))

/** A table whose first column names the row, and whose other columns are numbers when they look like it. */
export function tableOf(headings: readonly string[], rows: readonly (readonly (string | Markup)[])[]): Markup {
  const isNumeric = headings.map((_, column) =>
    rows.every((row) => typeof row[column] === 'string' && /^[\d.,–-]*( ?%)?$/.test(row[column])),
  )
  const cell = (content: string | Markup, column: number): Markup =>
    isNumeric[column] === true ? html`<td class="number">${content}</td>` : html`<td>${content}</td>`
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${headings.map((heading, column) =>
            isNumeric[column] === true ? html`<th class="number">${heading}</th>` : html`<th>${heading}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(cell)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
