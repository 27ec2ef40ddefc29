/** The names of all settings: as a path (`ports.gateway`) and as a variable (`PAYCLUSTER_PORTS_GATEWAY`). */
import { z } from 'zod'
import { settingsSchema } from '../settings.ts'

export const ENV_PREFIX = 'PAYCLUSTER_'

export interface SettingName {
  /** `['ports', 'gateway']` */
  readonly path: readonly string[]
  /** `PAYCLUSTER_PORTS_GATEWAY` */
  readonly variable: string
  readonly description: string
}

/** `ports.gatewayTls` → `PAYCLUSTER_PORTS_GATEWAY_TLS`. */
export const variableOf = (path: readonly string[]): string =>
  ENV_PREFIX + path.map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()).join('_')

/** Every setting, in the order of the schema. */
export const settingNames: readonly SettingName[] = leavesOf(settingsSchema, [])

function leavesOf(schema: z.core.$ZodType, path: readonly string[]): SettingName[] {
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape as Record<string, z.core.$ZodType>).flatMap(([name, member]) =>
      leavesOf(member, [...path, name]),
    )
  }
  if (schema instanceof z.ZodPrefault) return leavesOf(schema.def.innerType, path)
  return [{ path, variable: variableOf(path), description: z.globalRegistry.get(schema)?.description ?? '' }]
}
