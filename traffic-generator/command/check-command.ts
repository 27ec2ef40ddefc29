import { parseScenarioText } from '@paycluster/traffic-generator/scenario/parse-scenario'
import { peakRate } from '@paycluster/traffic-generator/scenario/scenario'
import type { Command } from 'commander'
import { readScenarioFile } from './scenario-argument.ts'

/** `traffic check <file>`: exit code 2, and each fault with its line and field, when it is no scenario. */
export function registerCheck(traffic: Command): void {
  traffic
    .command('check')
    .description('whether a file is a scenario')
    .argument('<file>')
    .action((path: string) => {
      const scenario = parseScenarioText(readScenarioFile(path), path)
      const { name, duration, patterns } = scenario
      const rate = Math.round(peakRate(scenario) * 10) / 10
      process.stdout.write(
        `${path}: ${name}, ${duration / 1000} s, ${rate} acts a second at most, ${patterns.length} patterns\n`,
      )
    })
}
