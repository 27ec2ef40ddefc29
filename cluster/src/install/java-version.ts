import { runCommand } from '../process/run-command.ts'

/** Kafka 4 needs it for brokers. */
export const JAVA_MIN_VERSION = 17

const TIMEOUT_MS = 20_000

/** The major version of a Java program, or undefined when there is none that runs. */
export async function javaVersion(java: string | undefined): Promise<number | undefined> {
  if (java === undefined) return undefined
  try {
    // Java writes its version to standard error; a stub without Java behind it (macOS) fails.
    const args = ['-c', '"$1" -version 2>&1', 'sh', java]
    const text = await runCommand({ file: '/bin/sh', args, timeoutMs: TIMEOUT_MS })
    const version = /version "(?:1\.)?(\d+)/.exec(text)?.[1]
    return version === undefined ? undefined : Number(version)
  } catch {
    return undefined
  }
}
