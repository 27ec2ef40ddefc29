/** Every port of a cluster, with its owner and the setting that moves it. */
import type { PortName, Settings } from '../settings.ts'
import { variableOf } from '../settings/setting-names.ts'

export interface PlannedPort {
  readonly port: number
  /** The node that will listen there. */
  readonly node: string
  readonly setting: string
  readonly variable: string
}

/** All ports that the settings ask for. Two nodes may ask for the same: `checkPorts` tells. */
export function planPorts({ ports, counts }: Settings): PlannedPort[] {
  const planned = (name: PortName, node: string, offset = 0): PlannedPort => ({
    port: ports[name] + offset,
    node,
    setting: `ports.${name}`,
    variable: variableOf(['ports', name]),
  })
  const several = (name: PortName, node: string, count: number): PlannedPort[] =>
    Array.from({ length: count }, (_, index) => planned(name, `${node}-${index + 1}`, index))
  return [
    planned('gateway', 'gateway'),
    planned('gatewayTls', 'gateway'),
    planned('primary', 'postgres-primary'),
    ...several('replicas', 'postgres-replica', counts.replicas),
    planned('redis', 'redis'),
    planned('kafka', 'kafka'),
    planned('kafkaController', 'kafka'),
    ...several('paymentServiceAdmin', 'payment-service', counts.paymentService),
    ...several('inquiryServiceAdmin', 'inquiry-service', counts.inquiryService),
    ...several('paymentWorkerAdmin', 'payment-worker', counts.paymentWorker),
    ...several('eventServicesAdmin', 'event-services', counts.eventServices),
    ...(counts.bankSimulator === 0
      ? []
      : [planned('bank', 'bank-simulator'), planned('bankControl', 'bank-simulator')]),
    ...(counts.trafficGenerator === 0 ? [] : [planned('trafficGenerator', 'traffic-generator')]),
  ]
}
