/** Reads the settings: defaults, then `cluster.config.json`, then the environment. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ClusterError, messageOf } from '../cluster-error.ts'
import { projectRoot } from '../project-root.ts'
import { settingsSchema, type Settings, type SettingsInput } from '../settings.ts'
import { ENV_PREFIX, settingNames, variableOf, type SettingName } from './setting-names.ts'

const CONFIG_FILE = 'cluster.config.json'
/** Variables of ours that are no settings: set for processes that we start. */
const OWN_VARIABLES = new Set(['PAYCLUSTER_NODE'])

type Tree = Record<string, unknown>

/**
 * The settings in force.
 *
 * @param root  where `cluster.config.json` may lie
 * @throws ClusterError `settings_invalid` that names every unknown or unreadable setting as it was given
 */
export function loadSettings(env: NodeJS.ProcessEnv = process.env, root: string = projectRoot): Settings {
  const given = readConfigFile(join(root, CONFIG_FILE))
  const fromEnvironment = new Set<string>()
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith(ENV_PREFIX) || OWN_VARIABLES.has(variable) || text === undefined) continue
    const setting = settingNames.find((candidate) => candidate.variable === variable)
    if (setting === undefined) throw invalid(`unknown setting ${variable}`)
    place(given, setting, readValue(text))
    fromEnvironment.add(variable)
  }
  return parse(given, fromEnvironment)
}

/** Settings from an object: defaults for what it leaves out. @throws ClusterError `settings_invalid` */
export const settingsFrom = (given: SettingsInput): Settings => parse(given, new Set())

function parse(given: unknown, fromEnvironment: ReadonlySet<string>): Settings {
  const parsed = settingsSchema.safeParse(given)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => {
    const path = issue.path.map(String)
    if (issue.code === 'unrecognized_keys') return `unknown setting ${[...path, issue.keys.join(', ')].join('.')}`
    const variable = variableOf(path)
    return `${fromEnvironment.has(variable) ? variable : path.join('.')}: ${issue.message}`
  })
  throw invalid(lines.join('; '))
}

function readConfigFile(path: string): Tree {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw invalid(`${CONFIG_FILE} cannot be read: ${messageOf(error)}`)
  }
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Tree
  } catch (error) {
    throw invalid(`${CONFIG_FILE} is no JSON: ${messageOf(error)}`)
  }
  throw invalid(`${CONFIG_FILE} must hold one object`)
}

/** Numbers, booleans and objects are written as in JSON; anything else is text. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function place(tree: Tree, setting: SettingName, value: unknown): void {
  let branch = tree
  for (const name of setting.path.slice(0, -1)) {
    const next = branch[name]
    const child: Tree = typeof next === 'object' && next !== null ? { ...next } : {}
    branch[name] = child
    branch = child
  }
  branch[setting.path.at(-1) ?? ''] = value
}

const invalid = (message: string): ClusterError =>
  new ClusterError('settings_invalid', message, { remedy: 'npm run cluster -- settings lists every setting' })
