// Loads the demonstration data and writes /demo/demo.json as `npm run cluster -- up` does natively: keys, account ids, url.
// A second start writes the same again.
import { execFileSync } from 'node:child_process'
import { renameSync, writeFileSync } from 'node:fs'

const output = execFileSync(process.execPath, ['db/dist/demo.js'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  encoding: 'utf8',
  maxBuffer: 256 * 1024 * 1024,
})
const demo = { url: process.env.DEMO_URL, ...JSON.parse(output.trim().split('\n').pop()) }
write('/demo/demo.json', demo)
// What the load suites read, in load-tests/src/workload/run-settings.ts.
write('/demo/accounts.json', { currency: 'USD', customers: demo.customers, merchants: demo.merchants })
console.log(`${demo.customers.length} customers, ${demo.merchants.length} merchants; a key: ${demo.apiKey}`)

function write(path, content) {
  writeFileSync(`${path}.new`, JSON.stringify(content), { mode: 0o644 })
  renameSync(`${path}.new`, path)
}
