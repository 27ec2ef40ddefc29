import { Controller, Get, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { RequireScope } from '@paycluster/platform/http/caller'
import { answerJson } from '../answers.ts'
import { refuseQuery } from '../requests.ts'
import { ClusterObserver } from './cluster-observer.ts'

@Controller('v1/ops/cluster')
export class ClusterController {
  readonly #observer: ClusterObserver

  constructor(@Inject(ClusterObserver) observer: ClusterObserver) {
    this.#observer = observer
  }

  @Get()
  @RequireScope('ops')
  async read(@Res() reply: FastifyReply): Promise<void> {
    refuseQuery(reply.request)
    const state = await this.#observer.state()
    reply.headers({ 'x-as-of': state.as_of, 'cache-control': 'no-store' })
    answerJson(reply, 200, JSON.stringify(state))
  }
}
