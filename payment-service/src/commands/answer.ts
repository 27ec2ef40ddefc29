import type { FastifyReply } from 'fastify'

/** What a request is answered with. The body is JSON already: replays and outcomes pass through as they are. */
export interface Answer {
  readonly status: 201 | 202
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

export function sendAnswer(reply: FastifyReply, answer: Answer): void {
  reply.status(answer.status).headers(answer.headers).type('application/json; charset=utf-8').send(answer.body)
}
