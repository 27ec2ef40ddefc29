/** docs/settings.md: the settings of every service, as their schemas describe them. */
import { join } from 'node:path'
import { format } from 'prettier'
import { z } from 'zod'
import { processSettings } from '@paycluster/platform/config'
import { settingsSchema as bankSimulator } from '../../bank-simulator/src/config.ts'
import { settingsSchema as eventServices } from '../../event-services/src/config.ts'
import { settingsSchema as inquiryService } from '../../inquiry-service/src/config.ts'
import { settingsSchema as paymentService } from '../../payment-service/src/config.ts'
import { settingsSchema as paymentWorker } from '../../payment-worker/src/config.ts'
import { settingsSchema as trafficGenerator } from '../../traffic-generator/src/config.ts'

/** Where the page is. */
export const SETTINGS_PAGE = join(import.meta.dirname, '../../docs/settings.md')

/** Exported for the test that none is left out. */
export const SERVICES = {
  'payment-service': paymentService,
  'inquiry-service': inquiryService,
  'payment-worker': paymentWorker,
  'event-services': eventServices,
  'bank-simulator': bankSimulator,
  'traffic-generator': trafficGenerator,
}

const HEAD = `# Settings of the services

Every service reads its settings from its environment, once, at its start; one that is missing or cannot be read stops the start with a line that names it. Times are in milliseconds where the name ends in \`_MS\`.

\`npm start\` and \`npm run cluster\` give what is required, \`LOG_LEVEL\` from \`services.logLevel\` and \`DURABILITY\` from \`postgres.durability\`; the others go through \`services.paymentServiceEnv\`, \`services.inquiryServiceEnv\`, \`services.paymentWorkerEnv\` and \`services.eventServicesEnv\` in \`cluster.config.json\`. Compose has them under \`environment\` in [docker-compose.yml](../docker-compose.yml).

\`bank-simulator\` and \`traffic-generator\` are no part of the cluster: of what every service has they take \`LOG_LEVEL\` alone.

This page is written by \`npm run settings-docs\` from the schemas in \`<service>/src/config.ts\`.
`

/** The page's text, as it is to be committed. */
export function settingsPage(): Promise<string> {
  const services = Object.entries(SERVICES).map(([name, { shape }]) => section(name, ownSettings(shape)))
  return format([HEAD, section('Every service', processSettings), ...services].join('\n\n'), { parser: 'markdown' })
}

type Shape = Readonly<Record<string, z.ZodType>>

const ownSettings = (shape: Shape): Shape =>
  Object.fromEntries(Object.entries(shape).filter(([name]) => !(name in processSettings)))

function section(title: string, shape: Shape): string {
  const rows = Object.entries(shape).map(([name, schema]) => row(name, schema))
  return [`## ${title}`, '', '| name | default | form | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

/** @throws Error for a setting that does not say what it means or what it looks like */
function row(name: string, schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { unrepresentable: 'any' })
  const { description, default: value } = json
  if (description === undefined) throw new Error(`${name} has no description`)
  const absent = schema.safeParse(undefined).success ? 'none' : 'required'
  return `| \`${name}\` | ${value === undefined ? absent : standardOf(value)} | ${formOf(name, json)} | ${description} |`
}

/** As the environment has it. */
function standardOf(value: unknown): string {
  const text = Array.isArray(value) ? value.join(',') : typeof value === 'string' ? value : JSON.stringify(value)
  return text === '' ? 'empty' : `\`${text}\``
}

function formOf(name: string, { form, minimum, maximum, enum: values }: z.core.JSONSchema.BaseSchema): string {
  if (typeof form === 'string') return form
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(', ')
  if (minimum !== undefined && maximum !== undefined) return `${grouped(minimum)} to ${grouped(maximum)}`
  throw new Error(`${name} does not say what its text looks like`)
}

const grouped = (value: number): string => value.toLocaleString('en-US')
