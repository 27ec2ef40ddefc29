/** The faults that a verdict has to find, and by what. Each is a switch in one service: its `src/mutations/`. */
import type { SettingsInput } from '@paycluster/cluster/settings'
import type { Rule } from '../verdict/rules.ts'

export interface Mutation {
  /** `MUTATION` of the service. */
  readonly name: string
  readonly summary: string
  readonly service: 'paymentServiceEnv' | 'paymentWorkerEnv' | 'inquiryServiceEnv'
  /** The rule that it breaks. */
  readonly breaks: Rule
  /** The one that it breaks by address alone; undefined where only the ledger shows it. */
  readonly breaksByApi: Rule | undefined
}

export const mutations: readonly Mutation[] = [
  {
    name: 'drop_command',
    summary: 'payment-service answers 202 and throws the command away',
    service: 'paymentServiceEnv',
    breaks: 'lost',
    breaksByApi: 'lost',
  },
  {
    name: 'post_twice',
    summary: 'payment-worker posts a payment again under another id',
    service: 'paymentWorkerEnv',
    breaks: 'posted_twice',
    breaksByApi: 'posted_twice',
  },
  {
    name: 'serve_old_version',
    summary: 'inquiry-service answers with an old balance, token or no token',
    service: 'inquiryServiceEnv',
    breaks: 'backwards',
    breaksByApi: 'backwards',
  },
  {
    name: 'swallow_token',
    summary: 'inquiry-service hands out tokens of before the payment',
    service: 'inquiryServiceEnv',
    breaks: 'token_of_another_version',
    breaksByApi: undefined,
  },
  // Last: what it leaves in the cache and in the log of events is wrong in the runs after it, too.
  {
    name: 'tell_wrong_state',
    summary: 'payment-worker says that a payment failed which it has posted',
    service: 'paymentWorkerEnv',
    breaks: 'told_otherwise',
    // The API tells the judge what it told the client; the accounts tell otherwise.
    breaksByApi: 'sums',
  },
]

/** The settings of a cluster with the fault, once in so many times. */
export const servicesWith = ({ name, service }: Mutation, every: number): SettingsInput['services'] => ({
  [service]: { FAULTS: 'allowed', MUTATION: name, MUTATION_EVERY: String(every) },
})
