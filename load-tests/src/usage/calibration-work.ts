/**
 * The fixed piece of work of a calibration, on one thread: memory, branches and as many operations at once as a core can
 * do. A loop of integers alone would not see a busy neighbour on the same physical core, which slows this by a third.
 */
import { parentPort } from 'node:worker_threads'

const ROUNDS = 9
const WARM_UP_ROUNDS = 3
const WORDS = 2 ** 21
const SORTED_WORDS = 2 ** 16
const DOCUMENT = JSON.stringify(
  Array.from({ length: 600 }, (_, index) => ({
    id: `pay_${index.toString(36).padStart(12, '0')}`,
    amount: index * 37,
    status: index % 7 === 0 ? 'failed' : 'succeeded',
    entries: [index, -index],
  })),
)

/** The same numbers on every machine. */
function fill(words: Uint32Array): void {
  let state = 0x9e3779b9
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[index] = state
  }
}

/** @returns something that depends on all of it, so that nothing is left out */
function round(words: Uint32Array, sorted: Uint32Array): number {
  let odd = 0
  let sum = 0
  for (const word of words) {
    if ((word & 1) === 1) odd++
    else sum = (sum + word) | 0
  }
  sorted.set(words.subarray(0, sorted.length))
  sorted.sort()
  let length = 0
  for (let times = 0; times < 8; times++) length += JSON.stringify(JSON.parse(DOCUMENT)).length
  return odd + sum + (sorted[0] ?? 0) + length
}

const words = new Uint32Array(WORDS)
const sorted = new Uint32Array(SORTED_WORDS)
fill(words)
let result = 0
for (let times = 0; times < WARM_UP_ROUNDS; times++) result ^= round(words, sorted)
const roundsMs = Array.from({ length: ROUNDS }, () => {
  const startedAtMs = performance.now()
  result ^= round(words, sorted)
  return performance.now() - startedAtMs
})
parentPort?.postMessage({ roundsMs, result })
