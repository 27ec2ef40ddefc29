import type { AccountLimits, SetAccountLimitsBody } from '@paycluster/contracts'
import type { Command } from 'commander'
import { connect } from '../connection.ts'
import { QueuedError } from '../errors.ts'
import { isJson, printJson, printTable, type Column } from '../output.ts'
import { parseAmount } from '../parse-amount.ts'
import { WAIT_S } from '../wait.ts'

const COLUMNS: readonly Column<AccountLimits>[] = [
  { heading: 'ACCOUNT', of: ({ account }) => account },
  { heading: 'CURRENCY', of: ({ currency }) => currency },
  { heading: 'OVERDRAFT', of: ({ overdraft }) => overdraft },
  { heading: 'PER PAYMENT', of: ({ per_payment }) => per_payment ?? 'no limit' },
  { heading: 'PER DAY', of: ({ per_day }) => per_day ?? 'no limit' },
]

interface LimitOptions {
  readonly overdraft?: number
  readonly perPayment?: number
  readonly perDay?: number
  readonly reason: string
}

/** `ops accounts limits | limit`. */
export function registerAccounts(ops: Command): void {
  const accounts = ops.command('accounts').description('what accounts may spend, in minor units')
  accounts
    .command('limits')
    .description('what an account may spend')
    .argument('<id>')
    .action(async (id: string, _options: unknown, command: Command) => {
      print(command, await connect(command).limits.get(id))
    })
  accounts
    .command('limit')
    .description('say what an account may spend: what is not said is no limit, and no overdraft')
    .argument('<id>')
    .option('--overdraft <amount>', 'how far below zero it may go', parseAmount)
    .option('--per-payment <amount>', 'the most of one payment', parseAmount)
    .option('--per-day <amount>', 'the most of a day of UTC', parseAmount)
    .requiredOption('--reason <text>', 'is recorded')
    .action(async (id: string, { overdraft, perPayment, perDay, reason }: LimitOptions, command: Command) => {
      const body: SetAccountLimitsBody = {
        reason,
        ...(overdraft === undefined ? {} : { overdraft }),
        ...(perPayment === undefined ? {} : { per_payment: perPayment }),
        ...(perDay === undefined ? {} : { per_day: perDay }),
      }
      const limits = await connect(command).limits.set(id, body, { waitS: WAIT_S })
      if (!('status' in limits)) print(command, limits)
      else if (isJson(command)) printJson(limits)
      if ('status' in limits) throw new QueuedError()
    })
}

function print(command: Command, limits: AccountLimits): void {
  if (isJson(command)) printJson(limits)
  else printTable(COLUMNS, [limits])
}
