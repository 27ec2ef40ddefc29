/** One run of k6: a process of its own group, so that a terminal's Ctrl-C reaches it once, through us. */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { LoadError } from '../load-error.ts'
import type { RunSettings } from '../workload/run-settings.ts'
import type { K6Program } from './find-k6.ts'
import { LineSplitter, parseProgress, parseRemark, type K6Progress } from './k6-output.ts'

export interface K6Options {
  readonly program: K6Program
  /** Where k6 serves its profiler and counters. */
  readonly address: string
  readonly settings: RunSettings
  readonly apiKey: string
  /** GOGC and GOMEMLIMIT. */
  readonly collector: Readonly<Record<string, string>>
  /** Sends k6's metrics elsewhere, too, while it runs. */
  readonly metrics: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }
  /** Takes payments and remarks, a line each. */
  readonly outputFile: string
  readonly onProgress: (progress: K6Progress) => void
  readonly onRemark: (remark: NonNullable<ReturnType<typeof parseRemark>>) => void
}

const SCRIPT = fileURLToPath(new URL('../../k6/main.ts', import.meta.url))
/** k6's exit codes: https://pkg.go.dev/go.k6.io/k6/errext/exitcodes */
const DONE = 0
const THRESHOLDS_CROSSED = 99
const INTERRUPTED = 105
const ENDS_WITH_SUMMARY = new Set([DONE, THRESHOLDS_CROSSED, INTERRUPTED])
const TAIL_INTERVAL_MS = 200
const TAIL_BYTES = 1024 * 1024
const KEPT_ERRORS = 16 * 1024
const ERROR_LINES_SHOWN = 8

export class K6Run {
  /** Resolves when k6 has ended and all that it wrote was read. @throws LoadError `load_failed` */
  readonly ended: Promise<void>
  readonly #options: K6Options
  readonly #child: ChildProcess
  #errors = ''

  constructor(options: K6Options) {
    this.#options = options
    const { program, address, settings, apiKey, collector, metrics, outputFile } = options
    const served = ['--address', address, '--profiling-enabled']
    const args = ['run', ...served, '--no-usage-report', '--no-color', '--log-format', 'raw']
    this.#child = spawn(program.path, [...args, ...metrics.args, '--console-output', outputFile, SCRIPT], {
      env: {
        ...process.env,
        ...collector,
        ...metrics.env,
        LOAD_SETTINGS: JSON.stringify(settings),
        LOAD_API_KEY: apiKey,
      },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.ended = this.#watch()
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Ends the load in order: users stop, the summary is written. */
  interrupt(): void {
    this.#child.kill('SIGINT')
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async #watch(): Promise<void> {
    const child = this.#child
    const splitter = new LineSplitter()
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of splitter.push(text)) {
        const progress = parseProgress(line)
        if (progress !== undefined) this.#options.onProgress(progress)
      }
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-KEPT_ERRORS)
    })
    const ended = new Promise<number>((resolve) => {
      child.once('error', (error) => {
        this.#errors += error.message
        resolve(-1)
      })
      child.once('close', (code) => {
        resolve(code ?? -1)
      })
    })
    const stopTail = new AbortController()
    const tail = this.#tail(stopTail.signal)
    const code = await ended
    stopTail.abort()
    await tail
    if (ENDS_WITH_SUMMARY.has(code)) return
    const said = this.#errors.trim().split('\n').slice(-ERROR_LINES_SHOWN).join('\n  ')
    throw new LoadError('load_failed', `k6 ended with ${code}: ${said}`)
  }

  /** Follows the output file; when told to stop, reads what is left first. */
  async #tail(stop: AbortSignal): Promise<void> {
    const { outputFile, onRemark } = this.#options
    const splitter = new LineSplitter()
    const buffer = Buffer.alloc(TAIL_BYTES)
    let position = 0
    const drain = (): void => {
      if (!existsSync(outputFile)) return
      const file = openSync(outputFile, 'r')
      try {
        for (let read = buffer.length; read === buffer.length;) {
          read = readSync(file, buffer, 0, buffer.length, position)
          position += read
          for (const line of splitter.push(buffer.toString('latin1', 0, read))) {
            const remark = parseRemark(line)
            if (remark !== undefined) onRemark(remark)
          }
        }
      } finally {
        closeSync(file)
      }
    }
    while (!stop.aborted) {
      drain()
      await sleep(TAIL_INTERVAL_MS, undefined, { signal: stop }).catch(() => undefined)
    }
    drain()
  }
}
