import { SharedArray } from 'k6/data'
import type { Accounts, RunSettings } from '../src/workload/run-settings.ts'

/** What the runner asks for; it has checked it. */
export const settings = JSON.parse(__ENV.LOAD_SETTINGS ?? '{}') as RunSettings
export const apiKey = __ENV.LOAD_API_KEY ?? ''

const read = (): Accounts => JSON.parse(open(settings.accountsFile)) as Accounts

/** Held once for all users, not 3000 times. */
export const customers = new SharedArray('customers', () => [...read().customers])
export const merchants = new SharedArray('merchants', () => [...read().merchants])
const [firstCurrency] = new SharedArray('currency', () => [read().currency])
export const currency = firstCurrency ?? ''
