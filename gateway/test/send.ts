/** Requests as a client sends them, header by header; `fetch` would tidy them up. */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface SendOptions {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
  /** Trusts this certificate and sends over TLS. */
  readonly certificate?: string
}

/** @param port  of this machine, or the path of a unix socket */
export function send(port: number | string, path: string, options: SendOptions = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, certificate } = options
  return new Promise((resolve, reject) => {
    const address = typeof port === 'string' ? { socketPath: port } : { host: '127.0.0.1', port }
    const target = { ...address, path, method, headers, agent: false }
    const onAnswer = (message: IncomingMessage): void => {
      let text = ''
      message.on('data', (chunk: Buffer) => (text += chunk.toString()))
      message.on('end', () => {
        resolve({ status: message.statusCode ?? 0, headers: message.headers, body: text })
      })
    }
    const outgoing =
      certificate === undefined
        ? httpRequest(target, onAnswer)
        : httpsRequest({ ...target, ca: certificate, servername: 'localhost' }, onAnswer)
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Writes bytes to a connection and reads until it is closed. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('error', reject)
    socket.on('close', () => {
      resolve(answer)
    })
  })
}
