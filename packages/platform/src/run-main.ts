import { SettingsError } from './config.ts'

/**
 * Runs a service's `main`: an error at start is one clear line on standard error and exit code 1, so that whoever
 * starts the process sees why it did not.
 */
export function runMain(main: () => Promise<unknown>): void {
  main().catch((error: unknown) => {
    const expected = error instanceof SettingsError
    process.stderr.write(`${expected ? error.message : describe(error)}\n`)
    process.exit(1)
  })
}

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))
