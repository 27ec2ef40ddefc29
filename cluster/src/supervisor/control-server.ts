import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { ClusterError, messageOf } from '../cluster-error.ts'
import { controlRequestSchema, MAX_REQUEST_BYTES, type ControlAnswer, type ControlRequest } from './control.ts'

/** Answers requests until it is closed. Each connection carries one. */
export async function serveControl(
  path: string,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<Server> {
  rmSync(path, { force: true })
  const server = createServer((socket) => {
    readLine(socket, (line) => {
      void respond(line, answer).then((text) => socket.end(text))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve)
  })
  chmodSync(path, 0o600)
  return server
}

function readLine(socket: Socket, onLine: (line: string) => void): void {
  let text = ''
  socket.setEncoding('utf8')
  // A command that was interrupted: nobody waits for the answer.
  socket.on('error', () => undefined)
  socket.on('data', (chunk: string) => {
    text += chunk
    const end = text.indexOf('\n')
    if (end >= 0) {
      socket.pause()
      onLine(text.slice(0, end))
    } else if (text.length > MAX_REQUEST_BYTES) socket.destroy()
  })
}

async function respond(line: string, answer: (request: ControlRequest) => Promise<ControlAnswer>): Promise<string> {
  let result: ControlAnswer
  try {
    result = await answer(controlRequestSchema.parse(JSON.parse(line)))
  } catch (error) {
    const context = error instanceof ClusterError ? error.context : undefined
    result = { ok: false, error: messageOf(error), ...(context === undefined ? {} : { context }) }
  }
  return `${JSON.stringify(result)}\n`
}
