import { z } from 'zod'

/**
 * The text of an id: a prefix, 26 characters for 128 bits, 6 for the tag that proves that this cluster issued it, and 6
 * for the tag that binds it to a client. Crockford's base32 in lower case: no i, l, o, u.
 */
const idText = (prefix: string) => new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{37}$`)

export const PAYMENT_ID_PATTERN = idText('pay')
export const ACCOUNT_ID_PATTERN = idText('acc')

export const paymentIdSchema = z.string().regex(PAYMENT_ID_PATTERN).meta({ description: 'Payment id' })
export const accountIdSchema = z.string().regex(ACCOUNT_ID_PATTERN).meta({ description: 'Account id' })
