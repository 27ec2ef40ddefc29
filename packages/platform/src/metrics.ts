import { collectDefaultMetrics, Registry } from 'prom-client'

/** The process's metrics: Node's own (CPU, memory, event-loop lag), and what the service adds. */
export function createMetrics(service: string, instance: string): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ service, instance })
  collectDefaultMetrics({ register: registry })
  return registry
}
