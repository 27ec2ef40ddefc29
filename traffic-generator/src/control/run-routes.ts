/** The generator's API. It asks for no key, and listens on the loopback: whoever reaches it spends the accounts' money. */
import { createReadStream } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { TrafficProblem } from '../http/traffic-problem.ts'
import type { Runs } from '../runs/runs.ts'
import { peakRate } from '../scenario/scenario.ts'
import { shippedScenarios } from '../scenario/scenario-files.ts'
import { TargetError, type Target } from '../sending/target.ts'
import { readRunChange, readRunRequest } from './run-request.ts'

export interface Served {
  readonly runs: Runs
  /** Looked for anew by each run: the cluster may come later than the generator. @throws TargetError */
  readonly target: () => Target
  readonly metrics: Registry
}

interface RunRoute {
  readonly Params: { readonly id: string }
}

export function addRunRoutes(server: FastifyInstance, { runs, target, metrics }: Served): void {
  server.get('/healthz', () => ({ status: 'ok' }))
  server.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))

  server.get('/v1/scenarios', () => ({
    data: shippedScenarios().map((scenario) => ({
      name: scenario.name,
      description: scenario.description,
      seed: scenario.seed,
      duration_s: scenario.duration / 1000,
      peak_rate: Math.round(peakRate(scenario) * 10) / 10,
      phases: scenario.phases.map(({ name }) => name),
      labels: [...new Set(scenario.patterns.map(({ label }) => label))],
    })),
  }))

  server.post('/v1/runs', ({ body }, reply) => {
    const run = runs.start(readRunRequest(body), demandTarget(target))
    return reply.status(201).header('location', `/v1/runs/${run.id}`).send(run.report())
  })
  server.get('/v1/runs', () => ({ data: runs.list() }))
  server.get<RunRoute>('/v1/runs/:id', ({ params }) => runs.report(params.id))
  server.patch<RunRoute>('/v1/runs/:id', ({ params, body }) => runs.change(params.id, readRunChange(body)))
  server.post<RunRoute>('/v1/runs/:id/stop', ({ params }, reply) => reply.status(202).send(runs.stop(params.id)))
  server.get<RunRoute>('/v1/runs/:id/labels', ({ params }, reply) =>
    reply.type('application/jsonl').send(createReadStream(runs.labelsPath(params.id))),
  )
}

/** @throws TrafficProblem `not_ready` (503) */
function demandTarget(target: () => Target): Target {
  try {
    return target()
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    throw new TrafficProblem('not_ready', error.message)
  }
}
