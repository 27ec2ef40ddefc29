/**
 * One shopper: owns a customer's account, looks at its balance and statement, pays merchants, and looks at the last
 * payment. One connection, one request at a time.
 *
 * k6 and the cluster share the machine in the usual run, so that a turn is kept cheap: bodies of reads are thrown away
 * unread by k6 but for a sample, and versions come from the headers.
 */
import { sleep } from 'k6'
import exec from 'k6/execution'
import http, { type RefinedResponse, type ResponseType } from 'k6/http'
import { MEASURED } from '../src/workload/metrics.ts'
import { operationWheel } from '../src/workload/operation-wheel.ts'
import { customerOf, merchantOf } from '../src/workload/skew.ts'
import { versionInToken, versionOfEtag } from '../src/workload/versions.ts'
import type { Operation } from '../src/workload/workload.ts'
import { acceptedId, faultOfBalance, faultOfPayment, faultOfStatement } from './bodies.ts'
import { bodiesChecked, malformed, SeenVersions, tokensSent } from './checks.ts'
import { accepted, remark } from './output.ts'
import { apiKey, currency, customers, merchants, settings } from './settings.ts'

const { workload, url, runId } = settings
const wheel = operationWheel(workload.mix)
const measuredFromMs = (workload.rampS + workload.warmUpS) * 1000
/** A client that waits longer has gone. */
const TIMEOUT = '10s'
const authorization = `Bearer ${apiKey}`

interface Request {
  readonly operation: Operation
  readonly path: string
  /** A consistency token to send. */
  readonly token?: string | undefined
  /** Whether the body is wanted. */
  readonly body: boolean
}

export class User {
  readonly #number: number
  readonly #account: string
  readonly #seen: SeenVersions
  #turn: number
  #payments = 0
  #lastPayment: string | undefined
  /** Of the newest state that this user has seen. */
  #token: string | undefined
  #isMeasured = false

  /** @param number  from 1, unique in the run */
  constructor(number: number) {
    this.#number = number
    this.#account = at(customers, customerOf(number, customers.length, workload.customers, Math.random()))
    this.#seen = new SeenVersions(this.#account)
    this.#turn = Math.floor(Math.random() * wheel.length)
  }

  act(): void {
    this.#noteMeasurement()
    const operation = wheel[this.#turn++ % wheel.length] ?? 'balance'
    if (operation === 'pay') this.#pay()
    else if (operation === 'statement') this.#readStatement()
    else if (operation === 'payment' && this.#lastPayment !== undefined) this.#readPayment(this.#lastPayment)
    else this.#readBalance()
    if (workload.thinkS > 0) sleep(workload.thinkS * (0.5 + Math.random()))
  }

  /** From the end of the warm-up on, every sample of this user says so. */
  #noteMeasurement(): void {
    if (this.#isMeasured || Date.now() - exec.scenario.startTime < measuredFromMs) return
    this.#isMeasured = true
    exec.vu.metrics.tags.phase = MEASURED
  }

  #pay(): void {
    const draw = Math.random
    const destination = at(merchants, merchantOf(merchants.length, workload.merchants, draw(), draw()))
    const { min, max } = workload.amount
    const amount = min + Math.floor(draw() * (max - min + 1))
    const body = `{"source":"${this.#account}","destination":"${destination}","amount":${amount},"currency":"${currency}"}`
    const response = http.post(`${url}/v1/payments`, body, {
      headers: {
        authorization,
        'content-type': 'application/json',
        'idempotency-key': `${runId}-${this.#number}-${this.#payments++}`,
      },
      responseType: 'text',
      tags: { op: 'pay', kind: 'write' },
      timeout: TIMEOUT,
    })
    if (response.status !== 202) {
      noteRefusal('pay', response)
      return
    }
    const id = acceptedId(response.body)
    if (id === undefined) {
      malformed('pay', response.body.slice(0, 200))
      return
    }
    this.#lastPayment = id
    accepted({ id, source: this.#account, destination, amount, accepted_at_ms: Date.now() })
  }

  #readBalance(): void {
    const token = this.#token !== undefined && Math.random() < workload.tokenShare ? this.#token : undefined
    const path = `/v1/accounts/${this.#account}/balance`
    const response = get({ operation: 'balance', path, token, body: isChecked() })
    if (response.status !== 200) return
    const version = versionOfEtag(response.headers.Etag)
    if (version === undefined) {
      malformed('balance', `ETag ${String(response.headers.Etag)}`)
      return
    }
    this.#seen.see('balance', version, token === undefined ? undefined : versionInToken(token, this.#account))
    compare('balance', response, (body) => faultOfBalance(body, this.#account, version))
  }

  #readStatement(): void {
    const path = `/v1/accounts/${this.#account}/entries`
    const response = get({ operation: 'statement', path, body: isChecked() })
    if (response.status !== 200) return
    const version = versionInToken(response.headers['Consistency-Token'] ?? '', this.#account)
    if (version === undefined) malformed('statement', `token ${String(response.headers['Consistency-Token'])}`)
    else this.#seen.see('statement', version, undefined)
    compare('statement', response, faultOfStatement)
  }

  #readPayment(id: string): void {
    const response = get({ operation: 'payment', path: `/v1/payments/${id}`, body: isChecked() })
    if (response.status !== 200) return
    // Only what is posted has a state to demand.
    const token = response.headers['Consistency-Token']
    if (token !== undefined) this.#token = token
    compare('payment', response, (body) => faultOfPayment(body, id))
  }
}

const kindOfRead = {
  balance: { op: 'balance', kind: 'read' },
  payment: { op: 'payment', kind: 'read' },
  statement: { op: 'statement', kind: 'read' },
  pay: { op: 'pay', kind: 'write' },
} as const
const plain = { authorization }

function get({ operation, path, token, body }: Request): RefinedResponse<ResponseType> {
  if (token !== undefined) tokensSent.add(1)
  const response = http.get(`${url}${path}`, {
    headers: token === undefined ? plain : { authorization, 'consistency-token': token },
    responseType: body ? 'text' : 'none',
    tags: kindOfRead[operation],
    timeout: TIMEOUT,
  })
  if (response.status !== 200) noteRefusal(operation, response)
  return response
}

const isChecked = (): boolean => Math.random() < workload.checkShare

function compare(
  operation: Operation,
  { body }: RefinedResponse<ResponseType>,
  faultOf: (body: string) => string | undefined,
): void {
  if (typeof body !== 'string') return
  bodiesChecked.add(1)
  const fault = faultOf(body)
  if (fault !== undefined) malformed(operation, fault)
}

function noteRefusal(operation: Operation, { status, error, body }: RefinedResponse<ResponseType>): void {
  const code = typeof body === 'string' ? /"code":"([a-z_]+)"/.exec(body)?.[1] : undefined
  remark({ remark: 'refused', operation, status, detail: status === 0 ? error : (code ?? '') })
}

function at(list: readonly string[], index: number): string {
  const value = list[index]
  if (value === undefined) throw new Error(`no account number ${index}`)
  return value
}
