/** Pages back through merchants' statements by cursor, and pays now and then, so that the statements grow meanwhile. */
import http from 'k6/http'
import { merchantOf } from '../src/workload/skew.ts'
import { versionInToken } from '../src/workload/versions.ts'
import { faultOfStatement, nextCursorOf, sequencesOf } from './bodies.ts'
import { malformed, seenVersions, type SeeVersion } from './checks.ts'
import { at, type Client } from './client.ts'
import { writeSeen } from './output.ts'
import { compare, noteRefusal, pause, readParams } from './requests.ts'
import { merchants, settings } from './settings.ts'

const { url } = settings
const { checkShare, merchants: skew } = settings.workload
const newestParams = readParams('statement').checked
const pageParams = readParams('page').checked
const PAGES = 20
const ENTRIES_A_PAGE = 50

/** @returns takes one turn: a page, or a payment after the last one */
export function createHistorian({ pay }: Client, user: number): () => void {
  const seen = new Map<string, SeeVersion>()
  let merchant = ''
  let cursor: string | undefined
  let pages = 0
  /** Of the entry that ends the page before. */
  let lastSeq: number | undefined

  function readPage(): void {
    const isNewest = cursor === undefined
    if (isNewest) merchant = at(merchants, merchantOf(merchants.length, skew, Math.random(), Math.random()))
    const operation = isNewest ? 'statement' : 'page'
    const from = isNewest ? '' : `&cursor=${cursor}`
    const params = isNewest ? newestParams : pageParams
    const response = http.get(`${url}/v1/accounts/${merchant}/entries?limit=${ENTRIES_A_PAGE}${from}`, params)
    cursor = undefined
    if (response.status !== 200) {
      noteRefusal(operation, response)
      return
    }
    const version = versionInToken(response.headers['Consistency-Token'] ?? '', merchant)
    if (version === undefined) malformed(operation, `token ${String(response.headers['Consistency-Token'])}`)
    else {
      see(merchant)(operation, version, undefined)
      writeSeen(user, merchant, isNewest ? ` s${version}` : ` e${version}`)
    }
    if (isNewest) lastSeq = undefined
    const { first, last } = sequencesOf(response.body)
    if (lastSeq !== undefined && first !== lastSeq - 1) malformed('page', `sequence ${first} after ${lastSeq}`)
    if (Math.random() < checkShare) compare(operation, faultOfStatement(response.body))
    lastSeq = last
    cursor = nextCursorOf(response.body)
  }

  function see(account: string): SeeVersion {
    let versions = seen.get(account)
    if (versions === undefined) seen.set(account, (versions = seenVersions(account)))
    return versions
  }

  return () => {
    if (pages > 0 && (cursor === undefined || pages === PAGES)) {
      cursor = undefined
      pages = 0
      pay()
    } else {
      pages++
      readPage()
    }
    pause()
  }
}
