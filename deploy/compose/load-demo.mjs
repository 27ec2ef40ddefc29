// Loads the demonstration data and writes /demo/demo.json as `npm run cluster -- up` does natively: keys, account ids, url.
// A second start writes the same again.
import { spawnSync } from 'node:child_process'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

const RESULT_FILE = '/demo/loaded.json'
const env = { ...process.env, RESULT_FILE }
const { status } = spawnSync(process.execPath, ['db/dist/demo.js'], { stdio: 'inherit', env })
// It has said what is wrong.
if (status !== 0) process.exit(status ?? 1)
const demo = { url: process.env.DEMO_URL, ...JSON.parse(readFileSync(RESULT_FILE, 'utf8')) }
rmSync(RESULT_FILE)
write('/demo/demo.json', demo)
// What the load suites read, in load-tests/src/workload/run-settings.ts.
write('/demo/accounts.json', { currency: 'USD', customers: demo.customers, merchants: demo.merchants })
console.log(`${demo.customers.length} customers, ${demo.merchants.length} merchants; a key: ${demo.apiKey}`)

function write(path, content) {
  writeFileSync(`${path}.new`, JSON.stringify(content), { mode: 0o644 })
  renameSync(`${path}.new`, path)
}
