/** The tools that the system has to bring, and how to get those that are missing. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ClusterError } from '../cluster-error.ts'
import { findJava, jarsFolder } from '../kafka/broker-files.ts'
import type { Layout } from '../layout.ts'
import { findExecutable } from '../process/find-executable.ts'
import { installerEnvironment, proxyVariables } from '../process/installer-environment.ts'
import { runCommand } from '../process/run-command.ts'
import { projectRoot } from '../project-root.ts'
import { JAVA_MIN_VERSION, javaVersion } from './java-version.ts'

export interface SystemTool {
  readonly name: string
  /** Debian's and Ubuntu's packages, the first that the release has. */
  readonly packages: readonly [string, ...string[]]
  /** Homebrew's. */
  readonly formula: string
}

const TOOLS = {
  redis: { name: 'redis-server', packages: ['redis-server'], formula: 'redis' },
  nginx: { name: 'nginx', packages: ['nginx'], formula: 'nginx' },
  openssl: { name: 'openssl', packages: ['openssl'], formula: 'openssl' },
  java: {
    name: `java ${JAVA_MIN_VERSION} or later`,
    packages: ['openjdk-17-jre-headless', 'openjdk-21-jre-headless', 'openjdk-25-jre-headless'],
    formula: 'openjdk',
  },
  maven: { name: 'mvn', packages: ['maven'], formula: 'maven' },
} as const satisfies Record<string, SystemTool>

/** On two cores and a slow line; apt bounds its own downloads. */
const INSTALL_TIMEOUT_MS = 600_000

/** What is missing. Maven is needed only until the broker's jars are there. */
export async function missingTools(layout: Layout): Promise<SystemTool[]> {
  const missing: SystemTool[] = (['redis', 'nginx', 'openssl'] as const)
    .map((tool) => TOOLS[tool])
    .filter(({ name }) => findExecutable(name) === undefined)
  if (((await javaVersion(findJava())) ?? 0) < JAVA_MIN_VERSION) missing.push(TOOLS.java)
  if (!existsSync(jarsFolder(layout)) && findExecutable('mvn') === undefined) missing.push(TOOLS.maven)
  return missing
}

/**
 * Installs what is missing, where this system and user can.
 *
 * @returns what was installed
 * @throws ClusterError `missing_tool` that says exactly what to install
 */
export async function installTools(layout: Layout): Promise<string[]> {
  const missing = await missingTools(layout)
  if (missing.length === 0) return []
  const asRoot = becomeRoot()
  if (findExecutable('apt-get') === undefined || asRoot === undefined) throw cannotInstall(missing)
  const packages = missing.map((tool) => tool.packages.join('|'))
  const [file = '', ...args] = [...asRoot, '/bin/sh', join(projectRoot, 'cluster/install/apt-install.sh'), ...packages]
  // Not to be interrupted: half a package installation is the next one's trouble.
  try {
    await runCommand({ file, args, env: installerEnvironment(), timeoutMs: INSTALL_TIMEOUT_MS })
  } catch (cause) {
    const context = cause instanceof ClusterError ? { context: cause.context ?? cause.message } : {}
    throw new ClusterError('missing_tool', `could not install ${missing.map((tool) => tool.name).join(', ')}`, {
      remedy: installCommand(missing),
      ...context,
      cause,
    })
  }
  const stillMissing = await missingTools(layout)
  if (stillMissing.length > 0) throw cannotInstall(stillMissing)
  return missing.map((tool) => tool.name)
}

/** The command that installs tools on this system. */
export function installCommand(tools: readonly SystemTool[]): string {
  if (process.platform === 'darwin') return `brew install ${tools.map((tool) => tool.formula).join(' ')}`
  return `sudo apt-get install ${tools.map((tool) => tool.packages[0]).join(' ')}`
}

function cannotInstall(missing: readonly SystemTool[]): ClusterError {
  return new ClusterError('missing_tool', `missing: ${missing.map((tool) => tool.name).join(', ')}`, {
    remedy: `${installCommand(missing)}\n(or, with Docker and nothing else: docker compose up --build)`,
  })
}

/** The words before a command that make it root's; undefined when this user cannot become root. */
function becomeRoot(): string[] | undefined {
  if (process.getuid?.() === 0) return []
  const sudo = findExecutable('sudo')
  if (sudo === undefined) return undefined
  // Asks for the password here, where there is someone to ask: the installation itself has no terminal.
  const asked = process.stdin.isTTY ? ['-v'] : ['-n', 'true']
  const allowed = spawnSync(sudo, asked, { stdio: ['inherit', 'ignore', 'inherit'] }).status === 0
  if (!allowed) return undefined
  const proxies = Object.keys(proxyVariables())
  return proxies.length === 0 ? [sudo, '-n'] : [sudo, '-n', `--preserve-env=${proxies.join(',')}`]
}
