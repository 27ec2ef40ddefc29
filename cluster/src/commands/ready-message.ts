/** What a user sees when the cluster is ready: where it answers, and three requests that work. */
import color from 'picocolors'
import type { Demo } from '../demo.ts'
import type { Layout } from '../layout.ts'
import { gatewayTlsUrl, gatewayUrl } from '../nodes/gateway.ts'
import type { Settings } from '../settings.ts'

export function readyMessage(settings: Settings, layout: Layout, demo: Demo | undefined, elapsedMs: number): string {
  const lines = [
    '',
    color.bold(`The cluster is ready after ${(elapsedMs / 1000).toFixed(1)} s.`),
    '',
    `  API        ${gatewayUrl(settings)}   ${gatewayTlsUrl(settings)} (self-signed)`,
    `  logs       ${layout.logs}   npm run cluster -- logs`,
    `  nodes      npm run cluster -- status`,
  ]
  if (demo !== undefined) lines.push(`  demo key   ${demo.apiKey}   (more in ${layout.demo})`, '', ...examples(demo))
  return [...lines, ''].join('\n')
}

function examples({ url, apiKey, customers, merchants }: Demo): string[] {
  const [source] = customers
  const [destination] = merchants
  if (source === undefined || destination === undefined) return []
  const key = `-H 'Authorization: Bearer ${apiKey}'`
  const body = JSON.stringify({ source, destination, amount: 1250, currency: 'USD' })
  return [
    color.dim('  # pay 12.50, wait for the outcome'),
    `  curl -s ${url}/v1/payments ${key} -H 'Content-Type: application/json' -H 'Idempotency-Key: first' -H 'Prefer: wait=5' -d '${body}'`,
    color.dim('  # the payment'),
    `  curl -s '${url}/v1/payments?account=${source}&limit=1' ${key}`,
    color.dim('  # the balance'),
    `  curl -s ${url}/v1/accounts/${source}/balance ${key}`,
  ]
}
