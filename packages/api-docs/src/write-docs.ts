import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createOpenApiDocument } from './openapi-document.ts'

const { resolve } = createRequire(import.meta.url)

/** Beside src/ and dist/ alike. */
const PAGE = join(import.meta.dirname, '../page')
const PAGE_FILES = ['index.html', 'page.js']
const VIEWER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js']

/** Writes what the gateway serves at /docs: the document, a page that shows it, and all that the page needs. */
export function writeDocs(folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const name of PAGE_FILES) copyFileSync(join(PAGE, name), join(folder, name))
  for (const name of VIEWER_FILES) copyFileSync(resolve(`swagger-ui-dist/${name}`), join(folder, name))
  writeFileSync(join(folder, 'openapi.json'), `${JSON.stringify(createOpenApiDocument(), null, 2)}\n`)
  // Nginx's workers run as another user, whatever the umask is.
  chmodSync(folder, 0o755)
  for (const name of [...PAGE_FILES, ...VIEWER_FILES, 'openapi.json']) chmodSync(join(folder, name), 0o644)
}
