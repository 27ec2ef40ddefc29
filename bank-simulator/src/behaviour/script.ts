/** Behaviours that are taken one per coming request, before the mode is asked. */
import { z } from 'zod'
import { textSchema } from '@paycluster/contracts'
import { BankProblem } from '../http/bank-problem.ts'
import { idempotencyKeySchema } from '../http/idempotency-key.ts'
import { stepSchema, type Behaviour } from './behaviour.ts'

const MAX_STEPS = 1000
const MAX_STEPS_IN_ALL = 10_000

export const scriptEntrySchema = z.strictObject({
  /** The requests that it is for; all, when it is left out. */
  for: z
    .union([z.strictObject({ reference: textSchema(100) }), z.strictObject({ idempotency_key: idempotencyKeySchema })])
    .optional(),
  steps: z.array(stepSchema).min(1).max(MAX_STEPS),
})

export type ScriptEntry = z.output<typeof scriptEntrySchema>

/** What a request is told apart by. */
export interface RequestMarks {
  readonly idempotencyKey: string
  readonly reference: string | null
}

export class Script {
  #entries: ScriptEntry[] = []

  /** What has not been taken yet. */
  get entries(): readonly ScriptEntry[] {
    return this.#entries
  }

  /** @throws BankProblem `script_full` (422): nothing was added */
  add(entry: ScriptEntry): void {
    const waiting = this.#entries.reduce((sum, { steps }) => sum + steps.length, 0)
    if (waiting + entry.steps.length > MAX_STEPS_IN_ALL)
      throw new BankProblem('script_full', `At most ${MAX_STEPS_IN_ALL} steps wait at once; ${waiting} do already.`)
    this.#entries.push(entry)
  }

  clear(): void {
    this.#entries = []
  }

  /** Takes the next step for a request: of its own script first, then of one that is for all. */
  take(request: RequestMarks): Behaviour | undefined {
    const entry =
      this.#entries.find((candidate) => candidate.for !== undefined && isFor(candidate.for, request)) ??
      this.#entries.find((candidate) => candidate.for === undefined)
    const step = entry?.steps.shift()
    if (entry?.steps.length === 0) this.#entries = this.#entries.filter((other) => other !== entry)
    return step
  }
}

const isFor = (who: NonNullable<ScriptEntry['for']>, { reference, idempotencyKey }: RequestMarks): boolean =>
  'reference' in who ? who.reference === reference : who.idempotency_key === idempotencyKey
