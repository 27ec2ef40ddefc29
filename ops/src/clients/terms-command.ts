import type { ClientTerms, SetClientTermsBody } from '@paycluster/contracts'
import { InvalidArgumentError, type Command } from 'commander'
import { connect } from '../connection.ts'
import { QueuedError } from '../errors.ts'
import { isJson, printJson, printTable, type Column } from '../output.ts'
import { parseAmount } from '../parse-amount.ts'
import { parseClient } from '../parse-client.ts'
import { WAIT_S } from '../wait.ts'

interface ShownTerms extends Pick<ClientTerms, 'client' | 'commissions'> {
  readonly limit: ClientTerms['limits'][number] | undefined
}

const asSet = 'as the settings'
const COLUMNS: readonly Column<ShownTerms>[] = [
  { heading: 'CLIENT', of: ({ client }) => client },
  { heading: 'DEPOSIT BPS', of: ({ commissions }) => commissions.deposit ?? asSet },
  { heading: 'WITHDRAWAL BPS', of: ({ commissions }) => commissions.withdrawal ?? asSet },
  { heading: 'CARD BPS', of: ({ commissions }) => commissions.card ?? asSet },
  { heading: 'CURRENCY', of: ({ limit }) => limit?.currency ?? 'all' },
  { heading: 'PER PAYMENT', of: ({ limit }) => limit?.per_payment ?? 'no limit' },
  { heading: 'PER DAY', of: ({ limit }) => limit?.per_day ?? 'no limit' },
]

type Amounts = Readonly<Record<string, number>>

interface TermsOptions {
  readonly depositBps?: number
  readonly withdrawalBps?: number
  readonly cardBps?: number
  readonly perPayment: Amounts
  readonly perDay: Amounts
  readonly reason: string
}

/** `ops clients terms | set-terms`. */
export function registerTerms(clients: Command): void {
  clients
    .command('terms')
    .description('what a client may spend, and what a bank’s services cost it')
    .argument('<id>', 'its number', parseClient)
    .action(async (id: number, _options: unknown, command: Command) => {
      print(command, await connect(command).terms.get(id))
    })
  clients
    .command('set-terms')
    .description('say so: what is not said is as the settings have it, or no limit')
    .argument('<id>', 'its number', parseClient)
    .option('--deposit-bps <n>', 'basis points of commission on deposits', parseNumber)
    .option('--withdrawal-bps <n>', 'and on withdrawals', parseNumber)
    .option('--card-bps <n>', 'and on card payments', parseNumber)
    .option('--per-payment <USD=amount>', 'the most of one payment; once for each currency', parseLimit, {})
    .option('--per-day <USD=amount>', 'the most of a day of UTC, over all of its accounts; likewise', parseLimit, {})
    .requiredOption('--reason <text>', 'is recorded')
    .action(async (id: number, options: TermsOptions, command: Command) => {
      const terms = await connect(command).terms.set(id, toBody(options), { waitS: WAIT_S })
      if (!('status' in terms)) print(command, terms)
      else if (isJson(command)) printJson(terms)
      if ('status' in terms) throw new QueuedError()
    })
}

function toBody({ depositBps, withdrawalBps, cardBps, perPayment, perDay, reason }: TermsOptions): SetClientTermsBody {
  const currencies = [...new Set([...Object.keys(perPayment), ...Object.keys(perDay)])].sort()
  return {
    commissions: { deposit: depositBps ?? null, withdrawal: withdrawalBps ?? null, card: cardBps ?? null },
    limits: currencies.map((currency) => ({
      currency,
      per_payment: perPayment[currency] ?? null,
      per_day: perDay[currency] ?? null,
    })),
    reason,
  }
}

function print(command: Command, terms: ClientTerms): void {
  if (isJson(command)) {
    printJson(terms)
    return
  }
  const { client, commissions, limits } = terms
  const shown = limits.length === 0 ? [undefined] : limits
  printTable(
    COLUMNS,
    shown.map((limit) => ({ client, commissions, limit })),
  )
}

function parseNumber(text: string): number {
  if (/^[0-9]{1,10}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('a whole number')
}

function parseLimit(text: string, before: Amounts): Amounts {
  const [, currency, amount] = /^([A-Z]{3})=(.+)$/.exec(text) ?? []
  if (currency === undefined || amount === undefined)
    throw new InvalidArgumentError('a currency and an amount: USD=1000')
  return { ...before, [currency]: parseAmount(amount) }
}
