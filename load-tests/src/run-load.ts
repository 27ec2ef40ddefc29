/**
 * One load run:
 *
 *     target found and probed, k6 found ──▶ calibrated, balances read ──▶ k6 runs, sampled
 *     ──▶ what was accepted settles ──▶ calibrated ──▶ what clients saw is judged ──▶ verified ──▶ written down
 *
 * What can be wrong before the load is said before the load.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { layoutOf } from '@paycluster/cluster/layout'
import type { Settings } from '@paycluster/cluster/settings'
import { openLookup } from './applied/payment-lookup.ts'
import { readAccepted, settle, type Settlement, type Window } from './applied/settle.ts'
import { latencyBetween } from './applied/worker-latency.ts'
import { keepCacheCold } from './generator/cold-cache.ts'
import { findK6, type K6Program } from './generator/find-k6.ts'
import { summariseFaults } from './generator/k6-output.ts'
import { GeneratorMemory } from './generator/generator-memory.ts'
import { collectorSettings, requireFiles } from './generator/limits.ts'
import { K6Run } from './generator/run-k6.ts'
import { LoadError } from './load-error.ts'
import { Measurement, type Mark } from './measurement.ts'
import { expectedRequests } from './profiles/models.ts'
import type { Profile } from './profiles/profile.ts'
import { ProgressLine } from './progress-line.ts'
import { describeEnvironment } from './report/environment.ts'
import { doubtsOf } from './report/doubts.ts'
import { generatorLoad } from './report/generator-load.ts'
import { readSummary, type ClientView } from './report/k6-summary.ts'
import { latenciesOf } from './report/latencies.ts'
import type { LoadReport } from './report/load-report.ts'
import { runVerification } from './report/run-verification.ts'
import { judge, type Verification } from './report/verdict.ts'
import { makeRunFolder, type RunFolder } from './run-folder.ts'
import { readStages } from './stages/stage-figures.ts'
import { probe } from './target/probe.ts'
import { findTarget, type Target, type TargetOptions } from './target/target.ts'
import { TimelineRecorder, type Recording } from './timeline/recorder.ts'
import { calibrate, calibrationText } from './usage/calibration.ts'
import { GENERATOR, usageBetween, type ClusterUsage } from './usage/tiers.ts'
import { judgeRun, readBefore } from './verdict/judge-run.ts'
import type { Fault } from './workload/run-settings.ts'
import type { Workload } from './workload/workload.ts'

export interface LoadRequest {
  /** Where this checkout's cluster and its tools are. */
  readonly settings: Settings
  readonly profile: Profile
  readonly workload: Workload
  /** Whether load and target are the profile's own. */
  readonly asDefined: boolean
  readonly target: TargetOptions
  readonly verify: boolean
  /** How long nothing more may become final before what is left counts as lost. */
  readonly settleMs?: number
}

export interface LoadOutcome {
  readonly report: LoadReport
  readonly folder: RunFolder
}

/** Kept to be counted; the rest is in the run's file. */
const MAX_REMARKS_KEPT = 10_000
const REMARKS_SHOWN = 5
const NOT_JUDGED = 'what the clients saw was not judged: ended in a hurry'

/**
 * Runs a profile to its end, or until `stop`; `hurry` gives up on what comes after the load, too.
 *
 * @throws LoadError before any load, when something is missing; `load_failed` when k6 broke
 */
export async function runLoad(request: LoadRequest, stop: AbortSignal, hurry: AbortSignal): Promise<LoadOutcome> {
  const { settings, profile, workload } = request
  const progress = new ProgressLine(workload)
  const layout = layoutOf(settings)
  requireFiles(workload.users)
  const target = await findTarget(settings, request.target)
  await probe(target)
  const program = await findK6(layout.tools, (what) => {
    progress.step(what)
  })
  stop.throwIfAborted()

  const startedAt = new Date()
  const folder = makeRunFolder(layout.state, profile.name, target.cluster !== undefined, startedAt)
  const collector = collectorSettings({ users: workload.users, requests: expectedRequests(profile, workload) })
  const before = await calibrate()
  progress.step(calibrationText(before))
  stop.throwIfAborted()
  progress.step(`k6 ${program.version}, GOGC=${collector.GOGC} GOMEMLIMIT=${collector.GOMEMLIMIT}`)
  const ledgerBefore = await readBefore(target)
  const load = await generate({ ...request, target, program, collector, folder, progress, stop, hurry })
  const endedAtMs = Date.now()

  const window = { fromMs: load.window?.from.atMs ?? 0, toMs: load.window?.to.atMs ?? 0 }
  progress.step('waiting until everything accepted is final')
  const settlement = await settleAll(target, folder, window, hurry, request.settleMs)
  const after = hurry.aborted ? undefined : await calibrate()
  if (after !== undefined) progress.step(calibrationText(after))
  progress.step('judging what the clients saw')
  const times = { startedAtMs: startedAt.getTime(), endedAtMs, interrupted: load.interrupted }
  const evidence = hurry.aborted ? NOT_JUDGED : await judgeRun(target, folder, ledgerBefore, times)
  if (request.verify && target.cluster !== undefined) progress.step('verifying')
  const verification = await verifyAll(request.verify, target, folder)
  const measuredS = (window.toMs - window.fromMs) / 1000
  const usage = usageOf(load)
  const { recording } = load
  const generator = generatorLoad(recording, workload.thinkS, usage, collectionsOf(load))
  const report: LoadReport = {
    runId: folder.id,
    profile: profile.name,
    url: target.url,
    startedAt: startedAt.toISOString(),
    cut: stop.aborted,
    asDefined: request.asDefined,
    workload,
    generator: { version: program.version, GOGC: collector.GOGC, GOMEMLIMIT: collector.GOMEMLIMIT, ...generator },
    measuredS,
    requestsPerS: measuredS > 0 ? load.clients.measured.requests / measuredS : 0,
    clients: load.clients,
    stages: readStages(readJson(folder.k6Summary), profile, workload, measuredS),
    remarks: summariseFaults(load.remarks, REMARKS_SHOWN),
    settlement: typeof settlement === 'string' ? undefined : settlement,
    committed: latencyBetween(load.window?.from.latency, load.window?.to.latency),
    usage,
    calibration: { before, after },
    doubts: doubtsOf({ before, after, usage, generator }),
    environment: await describeEnvironment(program.version, target.cluster),
    verdict: judge(load.clients, settlement, evidence, verification),
    latencies: latenciesOf(recording.durations),
    timeline: {
      ...recording.timeline,
      measured: measuredS > 0 ? secondsOf(window, recording.timeline.startedAtMs) : undefined,
    },
  }
  return { report, folder }
}

interface Generation extends Omit<LoadRequest, 'target'> {
  readonly target: Target
  readonly program: K6Program
  readonly collector: ReturnType<typeof collectorSettings>
  readonly folder: RunFolder
  readonly progress: ProgressLine
  readonly stop: AbortSignal
  readonly hurry: AbortSignal
}

interface GeneratedLoad {
  readonly clients: ClientView
  readonly remarks: readonly Fault[]
  readonly window: { readonly from: Mark; readonly to: Mark } | undefined
  readonly recording: Recording
  /** Turns of users that were cut off at the end. */
  readonly interrupted: number
}

async function generate(generation: Generation): Promise<GeneratedLoad> {
  const { target, profile, workload, program, collector, folder, progress, stop, hurry } = generation
  const { url, apiKey, accounts, cluster } = target
  writeFileSync(folder.accounts, JSON.stringify(accounts))
  const files = { accountsFile: folder.accounts, summaryFile: folder.k6Summary }
  const remarks: Fault[] = []
  let interrupted = 0
  const recorder = await TimelineRecorder.open(cluster)
  const memory = await GeneratorMemory.open()
  const run = new K6Run({
    program,
    address: memory.address,
    settings: { profile: profile.name, workload, url, runId: folder.id, ...files },
    apiKey,
    collector,
    metrics: recorder.k6,
    outputFile: folder.accepted,
    onProgress: (now) => {
      interrupted = now.interrupted
      progress.update(now, recorder)
    },
    onRemark: (remark) => {
      if (remark.remark === 'started') {
        progress.started()
        recorder.started(remark.at_ms)
        measurement.started(remark.at_ms)
        return
      }
      if (remark.remark === 'ended') {
        measurement.end()
        return
      }
      progress.fault()
      if (remarks.length < MAX_REMARKS_KEPT) remarks.push(remark)
    },
  })
  const processes = cluster === undefined ? [] : [...cluster.processes, { node: GENERATOR, pid: run.pid }]
  const measurement = new Measurement(workload, processes, cluster?.workers ?? [], memory)
  recorder.start(processes, workload.rampS + workload.warmUpS + workload.durationS)
  const onStop = (): void => {
    measurement.end()
    run.interrupt()
  }
  const onHurry = (): void => {
    run.kill()
  }
  const endColdCache = coldCacheOf(profile, target, progress)
  stop.addEventListener('abort', onStop, { once: true })
  hurry.addEventListener('abort', onHurry, { once: true })
  try {
    await run.ended
  } finally {
    stop.removeEventListener('abort', onStop)
    hurry.removeEventListener('abort', onHurry)
    endColdCache()
    progress.close()
  }
  const recording = await recorder.end()
  return { clients: readClients(folder.k6Summary), remarks, window: await measurement.window(), recording, interrupted }
}

/** @returns ends it */
function coldCacheOf({ flushCacheEveryS }: Profile, { cluster }: Target, progress: ProgressLine): () => void {
  if (flushCacheEveryS === undefined) return () => undefined
  if (cluster === undefined) {
    progress.step('by address alone the cache cannot be emptied: hardly a read misses')
    return () => undefined
  }
  progress.step(`Redis is emptied every ${flushCacheEveryS} s`)
  return keepCacheCold(cluster.settings.ports.redis, flushCacheEveryS, (reason) => {
    progress.step(`Redis could not be emptied: ${reason}`)
  })
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
const secondsOf = ({ fromMs, toMs }: Window, originMs: number): { fromS: number; toS: number } => ({
  fromS: (fromMs - originMs) / 1000,
  toS: (toMs - originMs) / 1000,
})

function readClients(path: string): ClientView {
  try {
    return readSummary(readJson(path))
  } catch (cause) {
    throw new LoadError('load_failed', `k6 left no summary in ${path}`, { cause })
  }
}

/** @returns why not, when it cannot be seen: the figures of the load are told all the same */
async function settleAll(
  target: Target,
  folder: RunFolder,
  window: Window,
  hurry: AbortSignal,
  settleMs: number | undefined,
): Promise<Settlement | string> {
  const lookup = openLookup(target)
  try {
    return await settle(await readAccepted(folder.accepted), lookup, window, hurry, settleMs)
  } catch (error) {
    if (error instanceof LoadError) return error.message
    throw error
  } finally {
    await lookup.close()
  }
}

/** @returns why not, when there was none */
async function verifyAll(wanted: boolean, { cluster }: Target, folder: RunFolder): Promise<Verification | string> {
  if (!wanted) return 'ledger, cache and replicas: not verified (--no-verify)'
  if (cluster === undefined) return 'ledger, cache and replicas: cannot be reached by address alone'
  return runVerification(cluster.settings, folder.accepted)
}

/** Undefined where the run ended before its window, and when k6 did not say. */
function collectionsOf({ window }: GeneratedLoad): number | undefined {
  const [from, to] = [window?.from.collections, window?.to.collections]
  return from === undefined || to === undefined ? undefined : to - from
}

function usageOf({ window, clients }: GeneratedLoad): ClusterUsage | undefined {
  if (window?.from.usage === undefined || window.to.usage === undefined) return undefined
  const { requests, reads, operations } = clients.measured
  const write = operations.find(({ operation }) => operation === 'pay')?.count ?? 0
  return usageBetween(window.from.usage, window.to.usage, { request: requests, read: reads?.count ?? 0, write })
}
