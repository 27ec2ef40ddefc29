import { z } from 'zod'

/**
 * The text of an id: a prefix, 26 characters for 128 bits, 6 for the tag that proves that this cluster issued it, and 6
 * for the tag that binds it to a client. Crockford's base32 in lower case: no i, l, o, u.
 */
const idText = (prefix: string) => new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{37}$`)

export const PAYMENT_ID_PATTERN = idText('pay')
export const ACCOUNT_ID_PATTERN = idText('acc')
export const REFUND_ID_PATTERN = idText('ref')
/** What was asked of a payment or an account: a capture, a cancellation, a block. Never shown as a resource. */
export const OPERATION_ID_PATTERN = idText('opr')
const WEBHOOK_ENDPOINT_ID_PATTERN = idText('whe')
const WEBHOOK_DELIVERY_ID_PATTERN = idText('whd')
const RECONCILIATION_RUN_ID_PATTERN = idText('rec')
const DIFFERENCE_ID_PATTERN = idText('dif')
const ALERT_ID_PATTERN = idText('alr')
const SILENCE_ID_PATTERN = idText('sil')

/** Ids as they look. No cluster issued them. */
export const EXAMPLE_IDS = {
  payment: 'pay_1q0w8m3x7c1rb6z2kf9nt4hg5v7q2m8cd0x5ra',
  customer: 'acc_3c9t2h6k8m4p7r1w5x0z2b4d6f9v3n8sj7y1ga',
  merchant: 'acc_6m5n7q9s1v3x5z8b2d4g6j8k0p2r4p6t8w0ytk',
  refund: 'ref_2w7c9n4m1x8v5b3q6t0r2p4k7h9g1f3d5s8zja',
  webhookEndpoint: 'whe_5d1f8h2k4m6p9r3t7v0x2z5b8c1e4g6j9n3qws',
  webhookDelivery: 'whd_0b3d6f9h2k5m8p1r4t7v0x3z6b9c2e5g8j1n4q',
  reconciliationRun: 'rec_4c7e0g3j6m9q2s5v8x1z4b7d0f3h6k9n2r5t8w',
  difference: 'dif_6e9g2j5m8q1s4v7x0z3b6d9f2h5k8n1r4t7w0y',
  alert: 'alr_3k6n9q2s5v8x1z4b7d0f3h6j9m2p5r8t1w4ya7',
  silence: 'sil_1h4k7n0q3s6v9x2z5b8d1f4j7m0p3r6t9w2yc5',
} as const

export const paymentIdSchema = z
  .string()
  .regex(PAYMENT_ID_PATTERN)
  .meta({ id: 'PaymentId', description: 'Id of a payment', example: EXAMPLE_IDS.payment })
export const accountIdSchema = z
  .string()
  .regex(ACCOUNT_ID_PATTERN)
  .meta({ id: 'AccountId', description: 'Id of an account', example: EXAMPLE_IDS.customer })
export const refundIdSchema = z
  .string()
  .regex(REFUND_ID_PATTERN)
  .meta({ id: 'RefundId', description: 'Id of a refund', example: EXAMPLE_IDS.refund })
export const webhookEndpointIdSchema = z.string().regex(WEBHOOK_ENDPOINT_ID_PATTERN).meta({
  id: 'WebhookEndpointId',
  description: 'Id of a webhook endpoint',
  example: EXAMPLE_IDS.webhookEndpoint,
})
export const webhookDeliveryIdSchema = z.string().regex(WEBHOOK_DELIVERY_ID_PATTERN).meta({
  id: 'WebhookDeliveryId',
  description: 'Id of a webhook delivery, and its `webhook-id`: the same at every attempt',
  example: EXAMPLE_IDS.webhookDelivery,
})
export const reconciliationRunIdSchema = z.string().regex(RECONCILIATION_RUN_ID_PATTERN).meta({
  id: 'ReconciliationRunId',
  description: 'Id of a run of the reconciliation',
  example: EXAMPLE_IDS.reconciliationRun,
})
export const differenceIdSchema = z.string().regex(DIFFERENCE_ID_PATTERN).meta({
  id: 'DifferenceId',
  description: 'Id of a difference, which follows from what it is about',
  example: EXAMPLE_IDS.difference,
})
export const alertIdSchema = z
  .string()
  .regex(ALERT_ID_PATTERN)
  .meta({ id: 'AlertId', description: 'Id of an alert', example: EXAMPLE_IDS.alert })
export const silenceIdSchema = z
  .string()
  .regex(SILENCE_ID_PATTERN)
  .meta({ id: 'SilenceId', description: 'Id of a silence', example: EXAMPLE_IDS.silence })
export const operationIdSchema = z.string().regex(OPERATION_ID_PATTERN)
