import { Controller, Get, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { ALERT_CHANNELS, type AlertChannel, type AlertRule, type AlertRules } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import { RequireScope } from '@paycluster/platform/http/caller'
import { isoTime } from '@paycluster/platform/iso-time'
import { answerJson } from '../../answers.ts'
import { refuseQuery } from '../../requests.ts'
import { conditionText, type Rule } from './rule.ts'
import type { RuleBook } from './rule-book.ts'

export interface RuleParts {
  readonly book: RuleBook
  /** That are configured. */
  readonly channels: ReadonlySet<AlertChannel>
  readonly clock: Clock
}

export const RULE_PARTS = Symbol('alert rule parts')

@Controller('v1/ops/alert-rules')
export class AlertRulesController {
  readonly #parts: RuleParts

  constructor(@Inject(RULE_PARTS) parts: RuleParts) {
    this.#parts = parts
  }

  @Get()
  @RequireScope('ops')
  read(@Res() reply: FastifyReply): void {
    refuseQuery(reply.request)
    const { book, channels, clock } = this.#parts
    const { version, loadedAtMs, rules } = book.current
    const answer: AlertRules = {
      file: book.file,
      version,
      loaded_at: isoTime(loadedAtMs),
      rules: rules.map(toShown),
      channels: ALERT_CHANNELS.map((name) => ({ name, is_configured: channels.has(name) })),
      refused:
        book.refused === undefined
          ? null
          : { at: isoTime(book.refused.atMs), version: book.refused.version, faults: [...book.refused.faults] },
    }
    reply.headers({ 'x-as-of': isoTime(clock.now()), 'cache-control': 'no-store' })
    answerJson(reply, 200, JSON.stringify(answer))
  }
}

const toShown = (rule: Rule): AlertRule => ({
  name: rule.name,
  severity: rule.severity,
  kind: rule.condition.kind,
  condition: conditionText(rule),
  group_by: [...rule.groupBy],
  for_s: rule.forMs / 1000,
  resolve_after_s: rule.resolveAfterMs / 1000,
  escalation: rule.escalation.map(({ afterMs, notify }) => ({ after_s: afterMs / 1000, notify: [...notify] })),
  repeat: rule.repeat === null ? null : { every_s: rule.repeat.everyMs / 1000, at_most: rule.repeat.atMost },
})
