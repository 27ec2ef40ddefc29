/**
 * A page that needs nothing else: styles and scripts are in it, and its own Content-Security-Policy keeps a browser from
 * asking anybody for anything.
 */
import { loadText } from '@paycluster/platform/load-text'
import { html, Markup } from './markup.ts'

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"

export interface Page {
  /** Of the browser's tab. */
  readonly title: string
  readonly heading: string
  readonly beneath: Markup
  readonly main: Markup
  /** Beside the common ones; none may come from outside. */
  readonly styles: readonly string[]
  /** What stands after the page's content. */
  readonly scripts: readonly Markup[]
}

/** @returns a whole HTML document */
export function renderPage({ title, heading, beneath, main, styles, scripts }: Page): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          ${[...styles, loadText(import.meta.url, '../page/page.css')].map((style) => new Markup(style))}
        </style>
      </head>
      <body>
        <header>
          <h1>${heading}</h1>
          <p>${beneath}</p>
        </header>
        <main>${main}</main>
        ${scripts}
      </body>
    </html>`
  return `${page.text}\n`
}
