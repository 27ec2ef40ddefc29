/**
 * One customer with an account, an API key and one connection: each request, what is checked of its answer, and what is
 * written down of it.
 *
 * k6 and the cluster share the machine in the usual run, so that a request is kept cheap: bodies are thrown away unread by
 * k6 but for a sample and for the states of payments, ids and versions come from the headers. k6's interpreter is slow
 * where Node's compiler is not, at private fields, at imported names and at fresh objects: hence closures, local names and
 * parameters made once.
 */
import http from 'k6/http'
import { customerOf, merchantOf } from '../src/workload/skew.ts'
import { versionInToken as readVersionInToken, versionOfEtag as readVersionOfEtag } from '../src/workload/versions.ts'
import {
  acceptedAt,
  faultOfAccepted,
  faultOfBalance,
  faultOfPayment,
  faultOfStatement,
  stateOfPayment,
} from './bodies.ts'
import { malformed, seenVersions, tokensSent } from './checks.ts'
import { write, writeAccepted, writeSeen } from './output.ts'
import { authorization, compare, noteRefusal, readParams, TIMEOUT_MS, type ReadParams } from './requests.ts'
import { currency, customers, merchants as allMerchants, settings } from './settings.ts'

const get = http.get.bind(http)
const post = http.post.bind(http)
const random = Math.random
const versionInToken = readVersionInToken
const versionOfEtag = readVersionOfEtag

const { url, runId } = settings
const { checkShare, customers: skew, merchants: skewOfMerchants } = settings.workload
const { min: leastAmount, max: mostAmount } = settings.workload.amount
const merchants = [...allMerchants]
const statementParams = readParams('statement')
const payTags = { op: 'pay', kind: 'write' }
/** A user that never pays writes what it saw by itself. */
const MAX_SEEN_LENGTH = 400

export interface Client {
  /** @returns the payment's id, or undefined when it was not accepted */
  readonly pay: () => string | undefined
  /** @param token  that the answer has to reflect */
  readonly readBalance: (params: ReadParams, token: string | undefined) => void
  readonly readStatement: () => void
  /** @returns whether the payment, the last one that was accepted, is final; undefined when it was not told */
  readonly readPayment: (id: string, params: ReadParams) => boolean | undefined
  /** Of the newest state of the account that a payment's answer named. */
  readonly newestToken: () => string | undefined
  /** Writes down what was seen since the last line. */
  readonly flush: () => void
}

/** @param number  from 1, unique in the run */
export function createClient(number: number): Client {
  const account = at(customers, customerOf(number, customers.length, skew, random()))
  const balanceUrl = `${url}/v1/accounts/${account}/balance`
  const statementUrl = `${url}/v1/accounts/${account}/entries`
  const see = seenVersions(account)
  let payments = 0
  let newestToken: string | undefined
  let seen = ''

  function note(what: string): void {
    seen += what
    if (seen.length > MAX_SEEN_LENGTH) flush()
  }

  function flush(): void {
    if (seen === '') return
    writeSeen(number, account, seen)
    seen = ''
  }

  function pay(): string | undefined {
    const destination = at(merchants, merchantOf(merchants.length, skewOfMerchants, random(), random()))
    const amount = leastAmount + Math.floor(random() * (mostAmount - leastAmount + 1))
    const response = post(
      `${url}/v1/payments`,
      `{"source":"${account}","destination":"${destination}","amount":${amount},"currency":"${currency}"}`,
      {
        headers: {
          authorization,
          'content-type': 'application/json',
          'idempotency-key': `${runId}-${number}-${payments++}`,
        },
        // Short, and says why when it is a refusal.
        responseType: 'text',
        tags: payTags,
        timeout: TIMEOUT_MS,
      },
    )
    const { status } = response
    if (status !== 202) {
      noteRefusal('pay', response)
      if (status === 0 || status >= 500) write({ remark: 'unknown', source: account, destination, amount })
      return undefined
    }
    const id = acceptedAt(response.headers.Location)
    if (id === undefined) {
      malformed('pay', `Location ${String(response.headers.Location)}`)
      write({ remark: 'unknown', source: account, destination, amount })
      return undefined
    }
    if (random() < checkShare) compare('pay', faultOfAccepted(response.body, id))
    writeAccepted(id, account, destination, amount, number, seen)
    seen = ''
    return id
  }

  function readBalance({ op, plain, checked }: ReadParams, token: string | undefined): void {
    const isChecked = random() < checkShare
    let params = isChecked ? checked : plain
    if (token !== undefined) {
      tokensSent.add(1)
      params = { ...params, headers: { authorization, 'consistency-token': token } }
    }
    const response = get(balanceUrl, params)
    if (response.status !== 200) {
      noteRefusal(op, response)
      return
    }
    const version = versionOfEtag(response.headers.Etag)
    if (version === undefined) {
      malformed(op, `ETag ${String(response.headers.Etag)}`)
      return
    }
    const demanded = token === undefined ? undefined : versionInToken(token, account)
    see(op, version, demanded)
    note(demanded === undefined ? ` b${version}` : ` b${version}~${demanded}`)
    if (isChecked) compare(op, faultOfBalance(response.body, account, version))
  }

  function readStatement(): void {
    const isChecked = random() < checkShare
    const response = get(statementUrl, isChecked ? statementParams.checked : statementParams.plain)
    if (response.status !== 200) {
      noteRefusal('statement', response)
      return
    }
    const token = response.headers['Consistency-Token']
    const version = versionInToken(token ?? '', account)
    if (version === undefined) malformed('statement', `token ${String(token)}`)
    else {
      see('statement', version, undefined)
      note(` s${version}`)
    }
    if (isChecked) compare('statement', faultOfStatement(response.body))
  }

  function readPayment(id: string, { op, checked }: ReadParams): boolean | undefined {
    const response = get(`${url}/v1/payments/${id}`, checked)
    if (response.status !== 200) {
      noteRefusal(op, response)
      return undefined
    }
    const state = stateOfPayment(response.body)
    if (state === undefined) {
      malformed(op, `state of ${id}`)
      return undefined
    }
    const token = response.headers['Consistency-Token']
    if (token === undefined && state !== 'q') malformed(op, 'a final state without a Consistency-Token')
    newestToken = token ?? newestToken
    note(` p${state}`)
    if (random() < checkShare) compare(op, faultOfPayment(response.body, id))
    return state !== 'q'
  }

  return { pay, readBalance, readStatement, readPayment, flush, newestToken: () => newestToken }
}

export function at(list: readonly string[], index: number): string {
  const value = list[index]
  if (value === undefined) throw new Error(`no account number ${index}`)
  return value
}
