/** Where the broker's jars, properties and segments lie, and how Java runs it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ClusterError } from '../cluster-error.ts'
import { childEnvironment } from '../process/child-environment.ts'
import { findExecutable } from '../process/find-executable.ts'
import type { Layout } from '../layout.ts'
import { projectRoot } from '../project-root.ts'
import type { Settings } from '../settings.ts'

export const pomFile = join(projectRoot, 'cluster/kafka/pom.xml')

let versionInPom: string | undefined

/** The version in the pom: the only place that names it. */
export const kafkaVersion = (): string => (versionInPom ??= readVersion())

function readVersion(): string {
  const version = /<kafka\.version>([\d.]+)<\/kafka\.version>/.exec(readFileSync(pomFile, 'utf8'))?.[1]
  if (version === undefined) throw new Error(`${pomFile} names no kafka.version`)
  return version
}

/** `.tools/kafka-4.1.1`: appears whole, by a rename, so that its presence means that it is complete. */
export const jarsFolder = (layout: Layout): string => join(layout.tools, `kafka-${kafkaVersion()}`)
export const propertiesFile = (layout: Layout): string => join(layout.kafka, 'server.properties')
export const dataFolder = (layout: Layout): string => join(layout.kafka, 'data')

export const findJava = (): string | undefined => {
  const home = process.env.JAVA_HOME
  return home === undefined || home === '' ? findExecutable('java') : join(home, 'bin/java')
}

export type Lifetime = Settings['kafka']['lifetime']

/**
 * G1 collects beside the broker, in short pauses. Over a life of minutes the optimising compiler does not earn back what it
 * costs, nor a second collector thread: without them a broker is up after 4.8 s of CPU instead of 7.5.
 */
const MACHINES: Readonly<Record<Lifetime, readonly string[]>> = {
  long: ['-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20'],
  short: ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
}

/**
 * The command line for one of the broker's main classes.
 *
 * @param lifetime  what the machine that runs it is made for
 * @throws ClusterError `missing_tool`
 */
export function javaCommand(
  { kafka }: Settings,
  layout: Layout,
  mainClass: string,
  args: readonly string[],
  lifetime: Lifetime = kafka.lifetime,
): { file: string; args: string[] } {
  const java = findJava()
  if (java === undefined) throw new ClusterError('missing_tool', 'java is missing', { remedy: 'npm run doctor' })
  const heap = `${kafka.heapMb}m`
  return {
    file: java,
    args: [
      ...['-server', `-Xms${heap}`, `-Xmx${heap}`, '-XX:+ExitOnOutOfMemoryError', ...MACHINES[lifetime]],
      ...[
        '-Djava.awt.headless=true',
        `-Dlog4j2.configurationFile=${pathToFileURL(join(projectRoot, 'cluster/kafka/log4j2.properties')).href}`,
      ],
      ...['-cp', join(jarsFolder(layout), '*'), mainClass, ...args],
    ],
  }
}

/** With a locale in which Java can read every path: in C it knows only ASCII. */
export const javaEnvironment = (): NodeJS.ProcessEnv => childEnvironment({ LC_ALL: 'C.UTF-8' })
