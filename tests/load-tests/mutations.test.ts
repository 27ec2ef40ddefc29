/** The verdict can fail: what a fault in a service does to real clients is found, by the rule that it breaks. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { RunningCluster } from '@paycluster/cluster/running-cluster'
import { CLUSTER_START_MS } from '@paycluster/testkit/test-cluster'
import { settle, readAccepted } from '../../load-tests/src/applied/settle.ts'
import { openLookup } from '../../load-tests/src/applied/payment-lookup.ts'
import { MutationStage } from '../../load-tests/src/mutations/mutation-stage.ts'
import { mutations, type Mutation } from '../../load-tests/src/mutations/mutations.ts'
import type { Target } from '../../load-tests/src/target/target.ts'
import type { EvidenceVerdict } from '../../load-tests/src/verdict/judge-evidence.ts'
import { judgeRun, readBefore } from '../../load-tests/src/verdict/judge-run.ts'
import { shopAndRecord } from './recorded-shoppers.ts'

const SHOPPERS = 10
const JOURNEYS = 8
const PAYMENTS = SHOPPERS * JOURNEYS
/** Several in each run, on each of two instances. */
const EVERY = 10
const SETTLE_MS = 1_000

let stage: MutationStage
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paycluster-mutations-'))
  stage = await MutationStage.open(EVERY)
}, CLUSTER_START_MS)
afterAll(() => {
  stage.close()
  rmSync(folder, { recursive: true })
})

type Judge = 'ledger' | 'API'

/** Lets shoppers shop on a cluster with the fault. @returns what each judge says of what they saw */
async function verdicts(mutation: Mutation | undefined, ...judges: Judge[]): Promise<EvidenceVerdict[]> {
  const name = mutation?.name ?? 'none'
  const files = { accepted: join(folder, `${name}.jsonl`), violations: join(folder, `${name}-violations.jsonl`) }
  const onCluster = async (cluster: RunningCluster): Promise<EvidenceVerdict[]> => {
    const targets = judges.map((judge) => targetOf(cluster, judge))
    const startedAtMs = Date.now()
    const before = await Promise.all(targets.map(readBefore))
    const { url, apiKey, accounts } = targetOf(cluster, 'API')
    await shopAndRecord({ url, apiKey, ...accounts }, SHOPPERS, JOURNEYS, files.accepted)
    const times = { startedAtMs, endedAtMs: Date.now(), interrupted: 0 }
    await untilFinal(targetOf(cluster, 'ledger'), files.accepted)
    return Promise.all(
      targets.map(async (target, index) => {
        const known = before[index]
        if (known === undefined) throw new Error('the accounts were not read')
        const verdict = await judgeRun(target, files, known, times)
        if (typeof verdict === 'string') throw new Error(verdict)
        return verdict
      }),
    )
  }
  return stage.with(mutation, onCluster, new AbortController().signal)
}

function targetOf({ url, demo, settings, layout, secrets }: RunningCluster, judge: Judge): Target {
  if (demo === undefined) throw new Error('the cluster has its demo accounts')
  const { customers, merchants, apiKey } = demo
  const cluster = { settings, layout, secrets, processes: [], workers: [], readers: [] }
  return {
    url,
    apiKey,
    accounts: { currency: 'USD', customers, merchants },
    cluster: judge === 'ledger' ? cluster : undefined,
  }
}

async function untilFinal(target: Target, record: string): Promise<void> {
  const lookup = openLookup(target)
  try {
    await settle(await readAccepted(record), lookup, { fromMs: 0, toMs: 0 }, undefined, SETTLE_MS)
  } finally {
    await lookup.close()
  }
}

const broken = ({ counts }: EvidenceVerdict): string[] =>
  counts.filter(({ violations }) => violations > 0).map(({ rule }) => rule)

describe('what clients saw of a cluster', () => {
  it(
    'agrees with its ledger, also as far as the API tells',
    async () => {
      const judged = await verdicts(undefined, 'ledger', 'API')
      for (const { counts, users } of judged) {
        expect(counts.filter(({ violations }) => violations > 0)).toEqual([])
        expect(users).toBe(SHOPPERS)
        expect(counts).toContainEqual({ rule: 'told_otherwise', checked: PAYMENTS, violations: 0 })
        expect(counts).toContainEqual({ rule: 'token_not_met', checked: PAYMENTS, violations: 0 })
        expect(counts).toContainEqual({ rule: 'sums', checked: 45, violations: 0 })
      }
    },
    CLUSTER_START_MS,
  )
})

describe('what clients saw of a cluster with the fault', () => {
  it.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
    '%s does not agree, by the rule that it breaks',
    async (_, mutation) => {
      const expected = { ledger: mutation.breaks, API: mutation.breaksByApi }
      const judges: Judge[] = mutation.breaksByApi === undefined ? ['ledger'] : ['ledger', 'API']
      const judged = await verdicts(mutation, ...judges)
      judged.forEach((verdict, index) => {
        const rule = expected[judges[index] ?? 'ledger']
        expect(broken(verdict)).toContain(rule)
        expect(verdict.offences.map((offence) => offence.rule)).toContain(rule)
      })
    },
    CLUSTER_START_MS,
  )
})
