import { z } from 'zod'
import { storableText } from '@paycluster/platform/postgres/storable-text'
import type { Channel } from './channel.ts'
import { errorText, postJson } from './post-json.ts'

/** One after the other: a chat is told in the order in which things happened, and its limit is one a second. */
const MAX_IN_FLIGHT = 1
/** The Bot API's, in characters. */
const MAX_TEXT_LENGTH = 4_096
const MAX_ERROR_LENGTH = 300

const answerSchema = z.object({
  ok: z.boolean(),
  description: z.string().optional(),
  parameters: z.object({ retry_after: z.int().nonnegative().optional() }).optional(),
})

export interface TelegramSettings {
  /** Of the Bot API: `https://api.telegram.org`. */
  readonly url: string
  readonly token: string
  readonly chatId: string
  readonly timeoutMs: number
}

/** `sendMessage` of Telegram's Bot API, in plain text. The token is in the address: no error repeats it. */
export const createTelegramChannel = ({ url, token, chatId, timeoutMs }: TelegramSettings): Channel => {
  const without = (text: string): string => storableText(text.replaceAll(token, '…'), MAX_ERROR_LENGTH)
  return {
    name: 'telegram',
    maxInFlight: MAX_IN_FLIGHT,
    async send({ text }) {
      const body = JSON.stringify({
        chat_id: chatId,
        text: text.slice(0, MAX_TEXT_LENGTH),
        link_preview_options: { is_disabled: true },
      })
      try {
        const answer = await postJson(`${url.replace(/\/+$/, '')}/bot${token}/sendMessage`, body, {}, timeoutMs)
        const said = parse(answer.body)
        if (answer.status === 200 && said?.ok === true) return { error: null }
        const seconds = said?.parameters?.retry_after
        return {
          error: without(
            `Telegram answered ${answer.status}${said?.description === undefined ? '' : `: ${said.description}`}`,
          ),
          retryAfterMs: seconds === undefined ? undefined : seconds * 1000,
        }
      } catch (error) {
        return { error: without(errorText(error, timeoutMs)) }
      }
    },
  }
}

function parse(text: string): z.output<typeof answerSchema> | undefined {
  try {
    return answerSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
