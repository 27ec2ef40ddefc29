import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { InvalidArgumentError } from 'commander'

/** A file to be written at the end: that it can be is said before anything is measured. */
export function writableFile(path: string): string {
  const isThere = existsSync(path)
  if (path === '' || (isThere && statSync(path).isDirectory())) throw new InvalidArgumentError('not a file')
  const asked = isThere ? path : dirname(resolve(path))
  try {
    accessSync(asked, constants.W_OK)
  } catch {
    throw new InvalidArgumentError(existsSync(asked) ? `${asked} cannot be written to` : `there is no folder ${asked}`)
  }
  return path
}
