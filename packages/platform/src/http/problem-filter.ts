import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ProblemAnswers } from './problem-answers.ts'

/** Answers every error as problem+json (RFC 9457): what the client may know, and nothing of what lies underneath. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #answers: ProblemAnswers

  constructor(answers: ProblemAnswers) {
    this.#answers = answers
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    const request = http.getRequest<FastifyRequest>()
    const { status, headers, body } = this.#answers.answerTo(error, request.id)
    void http.getResponse<FastifyReply>().status(status).headers(headers).send(body)
  }
}
