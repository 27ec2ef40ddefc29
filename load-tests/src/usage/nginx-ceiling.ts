/** How many requests Nginx answers with nothing behind it: on a socket, for half a second. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { percentilesOf } from '../report/percentile.ts'
import { startBareNginx } from './bare-nginx.ts'

const CONNECTIONS = 16
/** Requests that a connection sends at once: Nginx is to be the slower end. */
const PIPELINED = 16
const SLICES = 5
const SLICE_MS = 100
const REQUESTS = 'GET / HTTP/1.1\r\nHost: calibration\r\n\r\n'.repeat(PIPELINED)

/** @returns requests a second, the median of some slices; undefined when there is no Nginx that starts */
export async function nginxCeiling(): Promise<number | undefined> {
  const nginx = await startBareNginx('ok')
  if (nginx === undefined) return undefined
  try {
    return await measure(nginx.socket)
  } finally {
    await nginx.stop()
  }
}

async function measure(socket: string): Promise<number | undefined> {
  const lengthOfAnswers = await answersLength(socket)
  let bytes = 0
  const connections = Array.from({ length: CONNECTIONS }, () =>
    load(socket, lengthOfAnswers, (count) => (bytes += count)),
  )
  const rates: number[] = []
  try {
    // The first slice is the start.
    for (let slice = 0; slice <= SLICES; slice++) {
      const [before, startedAtMs] = [bytes, performance.now()]
      await sleep(SLICE_MS)
      const elapsedS = (performance.now() - startedAtMs) / 1000
      if (slice > 0) rates.push(((bytes - before) / lengthOfAnswers) * (PIPELINED / elapsedS))
    }
  } finally {
    for (const connection of connections) connection.destroy()
  }
  return percentilesOf(rates)?.p50
}

/** Bytes of the answers to one write: all answers are alike but for the date, which has one length. */
async function answersLength(socket: string): Promise<number> {
  const connection = connect(socket)
  connection.write('GET / HTTP/1.1\r\nHost: calibration\r\n\r\n')
  const [answer] = (await once(connection, 'data')) as [Buffer]
  connection.destroy()
  return answer.length * PIPELINED
}

/** Sends again when all that it sent is answered. */
function load(socket: string, lengthOfAnswers: number, onBytes: (count: number) => void): Socket {
  const connection = connect(socket)
  let missing = lengthOfAnswers
  connection.on('data', (data) => {
    onBytes(data.length)
    missing -= data.length
    if (missing > 0) return
    missing += lengthOfAnswers
    connection.write(REQUESTS)
  })
  connection.on('error', () => undefined)
  connection.write(REQUESTS)
  return connection
}
