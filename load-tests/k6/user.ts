/**
 * One shopper: owns a customer's account, looks at its balance and statement, pays merchants, and looks at the last
 * payment. One connection, one request at a time.
 *
 * k6 and the cluster share the machine in the usual run, so that a turn is kept cheap: bodies are thrown away unread by k6
 * but for a sample, ids and versions come from the headers. k6's interpreter is slow where Node's compiler is not, at
 * private fields, at imported names and at fresh objects: hence closures, local names and parameters made once.
 */
import { sleep as k6Sleep } from 'k6'
import exec from 'k6/execution'
import http, { type Params, type RefinedResponse, type ResponseType } from 'k6/http'
import { MEASURED } from '../src/workload/metrics.ts'
import { operationWheel } from '../src/workload/operation-wheel.ts'
import { customerOf, merchantOf } from '../src/workload/skew.ts'
import { versionInToken as readVersionInToken, versionOfEtag as readVersionOfEtag } from '../src/workload/versions.ts'
import type { Operation } from '../src/workload/workload.ts'
import { acceptedAt, faultOfAccepted, faultOfBalance, faultOfPayment, faultOfStatement } from './bodies.ts'
import { bodiesChecked, malformed, seenVersions, tokensSent } from './checks.ts'
import { accepted, remark } from './output.ts'
import { apiKey, currency, customers, merchants as allMerchants, settings } from './settings.ts'

const sleep = k6Sleep
const get = http.get.bind(http)
const post = http.post.bind(http)
const random = Math.random
const versionInToken = readVersionInToken
const versionOfEtag = readVersionOfEtag

const { url, runId } = settings
const {
  rampS,
  warmUpS,
  thinkS,
  checkShare,
  tokenShare,
  mix,
  customers: skew,
  merchants: skewOfMerchants,
} = settings.workload
const { min: leastAmount, max: mostAmount } = settings.workload.amount
const wheel = operationWheel(mix)
const merchants = [...allMerchants]
const measuredFromMs = (rampS + warmUpS) * 1000
/** A client that waits longer has gone. */
const timeout = 10_000
const authorization = `Bearer ${apiKey}`

type Response = RefinedResponse<ResponseType>
interface ReadParams {
  /** The body is not wanted. */
  readonly plain: Params
  readonly checked: Params
}
const readParams = (op: Operation): ReadParams => {
  const plain = { headers: { authorization }, tags: { op, kind: 'read' }, timeout }
  return { plain, checked: { ...plain, responseType: 'text' } }
}
const balanceParams = readParams('balance')
const paymentParams = readParams('payment')
const statementParams = readParams('statement')
const payTags = { op: 'pay', kind: 'write' }

/**
 * @param number  from 1, unique in the run
 * @returns what takes one turn of the user: an operation, then a pause
 */
export function createUser(number: number): () => void {
  const account = at(customers, customerOf(number, customers.length, skew, random()))
  const balanceUrl = `${url}/v1/accounts/${account}/balance`
  const statementUrl = `${url}/v1/accounts/${account}/entries`
  const see = seenVersions(account)
  const startMs = exec.scenario.startTime + measuredFromMs
  let turn = Math.floor(random() * wheel.length)
  let payments = 0
  let lastPayment: string | undefined
  /** Of the newest state that this user has seen. */
  let newestToken: string | undefined
  let isMeasured = false

  function pay(): void {
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
        timeout,
      },
    )
    if (response.status !== 202) {
      noteRefusal('pay', response)
      return
    }
    const id = acceptedAt(response.headers.Location)
    if (id === undefined) {
      malformed('pay', `Location ${String(response.headers.Location)}`)
      return
    }
    if (random() < checkShare) compare('pay', faultOfAccepted(response.body, id))
    lastPayment = id
    accepted(id, account, destination, amount)
  }

  function readBalance(): void {
    const token = newestToken !== undefined && random() < tokenShare ? newestToken : undefined
    const isChecked = random() < checkShare
    let params = isChecked ? balanceParams.checked : balanceParams.plain
    if (token !== undefined) {
      tokensSent.add(1)
      params = { ...params, headers: { authorization, 'consistency-token': token } }
    }
    const response = get(balanceUrl, params)
    if (response.status !== 200) {
      noteRefusal('balance', response)
      return
    }
    const version = versionOfEtag(response.headers.Etag)
    if (version === undefined) {
      malformed('balance', `ETag ${String(response.headers.Etag)}`)
      return
    }
    see('balance', version, token === undefined ? undefined : versionInToken(token, account))
    if (isChecked) compare('balance', faultOfBalance(response.body, account, version))
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
    else see('statement', version, undefined)
    if (isChecked) compare('statement', faultOfStatement(response.body))
  }

  function readPayment(id: string): void {
    const isChecked = random() < checkShare
    const response = get(`${url}/v1/payments/${id}`, isChecked ? paymentParams.checked : paymentParams.plain)
    if (response.status !== 200) {
      noteRefusal('payment', response)
      return
    }
    // Only what is posted has a state to demand.
    newestToken = response.headers['Consistency-Token'] ?? newestToken
    if (isChecked) compare('payment', faultOfPayment(response.body, id))
  }

  return () => {
    // From the end of the warm-up on, every sample of this user says so.
    if (!isMeasured && Date.now() >= startMs) {
      isMeasured = true
      exec.vu.metrics.tags.phase = MEASURED
    }
    const operation = wheel[turn++ % wheel.length]
    if (operation === 'pay') pay()
    else if (operation === 'statement') readStatement()
    else if (operation === 'payment' && lastPayment !== undefined) readPayment(lastPayment)
    else readBalance()
    if (thinkS > 0) sleep(thinkS * (0.5 + random()))
  }
}

/** @param fault  what is wrong with the body, if anything is */
function compare(operation: Operation, fault: string | undefined): void {
  bodiesChecked.add(1)
  if (fault !== undefined) malformed(operation, fault)
}

function noteRefusal(operation: Operation, { status, error, body }: Response): void {
  const code = typeof body === 'string' ? /"code":"([a-z_]+)"/.exec(body)?.[1] : undefined
  remark({ remark: 'refused', operation, status, detail: status === 0 ? error : (code ?? '') })
}

function at(list: readonly string[], index: number): string {
  const value = list[index]
  if (value === undefined) throw new Error(`no account number ${index}`)
  return value
}
