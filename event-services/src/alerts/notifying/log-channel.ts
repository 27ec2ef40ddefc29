import type { AlertSeverity } from '@paycluster/contracts'
import type { Logger } from '@paycluster/platform/logging'
import type { Channel } from './channel.ts'

const MAX_IN_FLIGHT = 64
const LEVELS = { info: 'info', warning: 'warn', critical: 'error' } as const satisfies Record<AlertSeverity, string>

/** This process's own log, by severity. */
export const createLogChannel = (logger: Logger): Channel => ({
  name: 'log',
  maxInFlight: MAX_IN_FLIGHT,
  send: ({ id, severity, text, payload }) => {
    logger[LEVELS[severity]]({ notification: id, alert: JSON.parse(payload) as unknown }, text)
    return Promise.resolve({ error: null })
  },
})
