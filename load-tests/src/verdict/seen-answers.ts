/** What a user was told, from the notation of the record (`Seen` in ../workload/run-settings.ts). Pure. */

/** `q`ueued, `s`ucceeded, or `f:` and the failure's code. */
export type PaymentState = string

export type SeenAnswer =
  | {
      readonly kind: 'version'
      readonly version: number
      /** What the request's consistency token named. */
      readonly demanded: number | undefined
    }
  /** Of the user's last payment. */
  | { readonly kind: 'state'; readonly state: PaymentState }

const VERSION = /^[bse](\d{1,16})(?:~(\d{1,16}))?$/
const STATE = /^p(q|s|f:[a-z_]+)$/

/** @returns undefined for what is no answer */
export function parseAnswer(text: string): SeenAnswer | undefined {
  const [, version, demanded] = VERSION.exec(text) ?? []
  if (version !== undefined)
    return {
      kind: 'version',
      version: Number(version),
      demanded: demanded === undefined ? undefined : Number(demanded),
    }
  const state = STATE.exec(text)?.[1]
  return state === undefined ? undefined : { kind: 'state', state }
}

export const isFinal = (state: PaymentState): boolean => state !== 'q'

/** The final state of a row. @param failure  its code, or null */
export const stateOfRow = (failure: string | null): PaymentState => (failure === null ? 's' : `f:${failure}`)
