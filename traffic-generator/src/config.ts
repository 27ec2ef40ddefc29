import { z } from 'zod'
import { integerSchema, processSettings } from '@paycluster/platform/config'

const number = (min: number, max: number, value: number, what: string) =>
  integerSchema(min, max).default(value).describe(what)

/** The environment of traffic-generator. */
export const settingsSchema = z.object({
  LOG_LEVEL: processSettings.LOG_LEVEL,
  TRAFFIC_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .meta({ form: 'IP address or host name' })
    .describe('address of its API, which asks for no key: whoever reaches it spends the money of its accounts'),
  TRAFFIC_PORT: number(1, 65_535, 19_151, 'port of its API, with `/healthz` and `/metrics`'),
  TRAFFIC_DEMO_FILE: z
    .string()
    .min(1)
    .meta({ form: 'path of a file' })
    .describe(
      'keys and accounts of the demonstration, `.cluster/demo.json`: read when a run begins, so that it may come later',
    ),
  TRAFFIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ form: '`http://` or `https://` URL' })
    .describe('of the gateway, where it is not the one that the file names'),
  TRAFFIC_RUNS: z
    .string()
    .min(1)
    .meta({ form: 'path of a folder' })
    .describe('where each run keeps its report and its labels; made when it is not there. One process a folder'),
  TRAFFIC_MAX_RUNS: number(1, 16, 4, 'runs at once; more are 409'),
  TRAFFIC_MAX_RATE: number(1, 1000, 1000, 'acts a second of all runs together, each at its fastest; more are 409'),
  TRAFFIC_MAX_IN_FLIGHT: number(
    1,
    5000,
    500,
    'acts of all runs that are being answered at once; others whose time has come meanwhile are skipped',
  ),
  TRAFFIC_KEPT_RUNS: number(1, 1000, 50, 'ended runs that are kept; older ones are deleted with their labels'),
})

export type Settings = z.output<typeof settingsSchema>
