/** What a channel is told of an alert. */
import type { Alert, AlertNotice } from '@paycluster/contracts'
import type { ChannelMessage } from './channel.ts'

/** As it stands in a notification. */
export interface NoticeBody {
  readonly notice: AlertNotice
  readonly alert: Alert
}

const HEADS: Readonly<Record<AlertNotice, (alert: Alert) => string>> = {
  raised: ({ severity }) => `[${severity}]`,
  escalated: ({ severity }) => `[${severity}, nobody has acknowledged it]`,
  repeated: ({ severity }) => `[${severity}, still]`,
  resolved: () => '[resolved]',
}

/** @param id  of the notification: the same at every attempt @param createdAt  RFC 3339 */
export function messageOf(id: string, { notice, alert }: NoticeBody, createdAt: string): ChannelMessage {
  return {
    id,
    severity: notice === 'resolved' ? 'info' : alert.severity,
    text: textOf(notice, alert),
    payload: JSON.stringify({ id, type: `alert.${notice}`, timestamp: createdAt, data: { alert } }),
  }
}

function textOf(notice: AlertNotice, alert: Alert): string {
  const { rule, summary, labels, count, first_at, last_at, resolved_at, id } = alert
  const named = Object.entries(labels).map(([name, value]) => `${name} ${value}`)
  const lines = [
    `${HEADS[notice](alert)} ${rule}: ${summary}`,
    ...(named.length === 0 ? [] : [named.join(', ')]),
    `${count} since ${first_at}, last ${resolved_at === null ? last_at : `${last_at}, over ${resolved_at}`}`,
    id,
  ]
  return lines.join('\n')
}
