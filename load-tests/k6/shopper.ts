/** Looks at the account's balance and statement, pays merchants, and looks at the last payment: one request a turn. */
import { operationWheel } from '../src/workload/operation-wheel.ts'
import type { Client } from './client.ts'
import { pause, readParams } from './requests.ts'
import { settings } from './settings.ts'

const { tokenShare, mix } = settings.workload
const random = Math.random
const wheel = operationWheel(mix)
const balanceParams = readParams('balance')
const paymentParams = readParams('payment')

/** @returns takes one turn */
export function createShopper({ pay, readBalance, readStatement, readPayment, newestToken }: Client): () => void {
  let turn = Math.floor(random() * wheel.length)
  let lastPayment: string | undefined
  return () => {
    const operation = wheel[turn++ % wheel.length]
    if (operation === 'pay') lastPayment = pay() ?? lastPayment
    else if (operation === 'statement') readStatement()
    else if (operation === 'payment' && lastPayment !== undefined) readPayment(lastPayment, paymentParams)
    else readBalance(balanceParams, random() < tokenShare ? newestToken() : undefined)
    pause()
  }
}
