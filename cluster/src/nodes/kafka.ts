/** The Kafka broker, in KRaft mode: broker and controller in one process. */
import { join } from 'node:path'
import { readFileSync, writeFileSync } from 'node:fs'
import { renderTemplate } from '@paycluster/platform/template/render-template'
import { brokerProbe } from '../kafka/broker-probe.ts'
import { dataFolder, javaCommand, javaEnvironment, propertiesFile } from '../kafka/broker-files.ts'
import type { Layout } from '../layout.ts'
import { projectRoot } from '../project-root.ts'
import type { Settings } from '../settings.ts'
import type { NodePlan } from '../supervisor/node-plan.ts'

/** Closing its segments takes a broker of this size a second or two. */
const STOP_TIMEOUT_MS = 20_000

export const brokerAddress = (settings: Settings): string => `127.0.0.1:${settings.ports.kafka}`

export function kafkaBroker(settings: Settings, layout: Layout): NodePlan {
  const { file, args } = javaCommand(settings, layout, 'kafka.Kafka', [propertiesFile(layout)])
  return {
    name: 'kafka',
    role: 'Kafka broker and controller',
    address: brokerAddress(settings),
    port: settings.ports.kafka,
    prepare: () => {
      writeBrokerProperties(settings, layout, dataFolder(layout))
    },
    file,
    args,
    cwd: layout.kafka,
    env: javaEnvironment(),
    probe: () => brokerProbe(brokerAddress(settings)),
    readyTimeoutMs: settings.startTimeoutS * 1000,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: STOP_TIMEOUT_MS,
    hurrySignal: 'SIGKILL',
  }
}

/** @param logFolder  where the broker keeps its log segments */
export function writeBrokerProperties(settings: Settings, layout: Layout, logFolder: string): void {
  const template = readFileSync(join(projectRoot, 'cluster/kafka/server.properties'), 'utf8')
  const text = renderTemplate(template, {
    BROKER_PORT: String(settings.ports.kafka),
    CONTROLLER_PORT: String(settings.ports.kafkaController),
    LOG_DIR: propertyValue(logFolder),
    PARTITIONS: String(settings.kafka.partitions),
  })
  writeFileSync(propertiesFile(layout), text)
}

/** Of a .properties file, which Java reads as Latin-1. */
const propertyValue = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
