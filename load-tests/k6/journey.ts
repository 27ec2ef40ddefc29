/** Looks at the balance, pays, asks until the payment is final, and reads the balance back with the payment's token. */
import { sleep } from 'k6'
import { Trend } from 'k6/metrics'
import { FINAL_AFTER, JOURNEY_DURATION } from '../src/workload/metrics.ts'
import { malformed } from './checks.ts'
import type { Client } from './client.ts'
import { pause, readParams } from './requests.ts'

const journeyDuration = new Trend(JOURNEY_DURATION)
const finalAfter = new Trend(FINAL_AFTER)
const balanceParams = readParams('balance')
const pollParams = readParams('poll')
const readBackParams = readParams('read_back')
const POLL_EVERY_S = 0.02
const GIVE_UP_AFTER_MS = 10_000

/** @returns takes one turn: a request. The user thinks before it pays and when all is done. */
export function createJourney({ pay, readBalance, readPayment, newestToken }: Client): () => void {
  let spentMs = 0
  let payment: string | undefined
  let acceptedAtMs = 0
  let turn = browse

  function browse(): void {
    spentMs = 0
    readBalance(balanceParams, undefined)
    turn = buy
  }

  function buy(): void {
    payment = pay()
    acceptedAtMs = Date.now()
    turn = payment === undefined ? browse : poll
  }

  /** The waits between the polls are part of the journey. */
  function poll(): void {
    const isFinal = payment === undefined ? undefined : readPayment(payment, pollParams)
    const waitedMs = Date.now() - acceptedAtMs
    if (isFinal === true) {
      finalAfter.add(waitedMs)
      turn = readBack
    } else if (waitedMs > GIVE_UP_AFTER_MS) {
      malformed('poll', 'not final after 10 s')
      turn = browse
    } else sleep(POLL_EVERY_S)
  }

  function readBack(): void {
    readBalance(readBackParams, newestToken())
    turn = browse
  }

  return () => {
    const step = turn
    const startedAtMs = Date.now()
    step()
    spentMs += Date.now() - startedAtMs
    if (step === readBack) journeyDuration.add(spentMs)
    if (step === browse || step === readBack) pause()
  }
}
