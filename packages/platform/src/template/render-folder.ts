import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderTemplate, TemplateError } from './render-template.ts'

const SUFFIX = '.template'

/**
 * Renders every `NAME.template` of a folder to `NAME` in another, which is made if it is missing.
 *
 * @throws TemplateError naming the file and every variable it lacks, before anything is written
 */
export function renderFolder(
  templatesFolder: string,
  outputFolder: string,
  variables: Readonly<Record<string, string | undefined>>,
): void {
  const rendered = readdirSync(templatesFolder)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => ({ name: name.slice(0, -SUFFIX.length), text: renderFile(join(templatesFolder, name), variables) }))
  mkdirSync(outputFolder, { recursive: true })
  for (const { name, text } of rendered) writeFileSync(join(outputFolder, name), text)
}

function renderFile(path: string, variables: Readonly<Record<string, string | undefined>>): string {
  try {
    return renderTemplate(readFileSync(path, 'utf8'), variables)
  } catch (error) {
    if (error instanceof TemplateError) throw new TemplateError(`${path}: ${error.message}`)
    throw error
  }
}
