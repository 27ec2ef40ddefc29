/**
 * Every resource of the API with the methods that it knows: what `Allow` names (RFC 9110, 10.2.1) where a request comes
 * with another one. Reads are inquiry-service's and the rest is payment-service's, so neither could say by itself what a
 * resource takes; webhooks, analytics and the cluster's state
 * are event-services'. The gateway has the same in `gateway/templates/resources.conf.template`, which its tests compare.
 *
 * A path segment that begins with a colon stands for any one segment. Of two patterns that fit a path the first counts.
 */
export const RESOURCES = {
  '/v1/accounts': ['GET', 'HEAD', 'POST'],
  '/v1/accounts/:id': ['GET', 'HEAD'],
  '/v1/accounts/:id/balance': ['GET', 'HEAD'],
  '/v1/accounts/:id/entries': ['GET', 'HEAD'],
  '/v1/accounts/:id/statement': ['GET', 'HEAD'],
  '/v1/accounts/:id/block': ['POST'],
  '/v1/accounts/:id/unblock': ['POST'],
  '/v1/payments': ['GET', 'HEAD', 'POST'],
  '/v1/payments/batch': ['POST'],
  '/v1/payments/:id': ['GET', 'HEAD'],
  '/v1/payments/:id/capture': ['POST'],
  '/v1/payments/:id/cancel': ['POST'],
  '/v1/payments/:id/refunds': ['GET', 'HEAD', 'POST'],
  '/v1/payments/:id/timeline': ['GET', 'HEAD'],
  '/v1/refunds/:id': ['GET', 'HEAD'],
  '/v1/deposits': ['POST'],
  '/v1/withdrawals': ['POST'],
  '/v1/card-payments': ['POST'],
  '/v1/webhook-endpoints': ['GET', 'HEAD', 'POST'],
  '/v1/webhook-endpoints/:id': ['DELETE', 'GET', 'HEAD', 'PATCH'],
  '/v1/webhook-endpoints/:id/secret': ['GET', 'HEAD'],
  '/v1/webhook-endpoints/:id/rotate-secret': ['POST'],
  '/v1/webhook-endpoints/:id/deliveries': ['GET', 'HEAD'],
  '/v1/webhook-deliveries/:id': ['GET', 'HEAD'],
  '/v1/webhook-deliveries/:id/resend': ['POST'],
  '/v1/ops/cluster': ['GET', 'HEAD'],
  '/v1/ops/analytics': ['GET', 'HEAD'],
  '/v1/ops/clients': ['GET', 'HEAD', 'POST'],
  '/v1/ops/clients/:id/terms': ['GET', 'HEAD', 'POST'],
  '/v1/ops/accounts/:id/limits': ['GET', 'HEAD', 'POST'],
  '/v1/ops/keys': ['GET', 'HEAD', 'POST'],
  '/v1/ops/keys/:id/rotate': ['POST'],
  '/v1/ops/keys/:id/revoke': ['POST'],
  '/v1/ops/dlq': ['GET', 'HEAD'],
  '/v1/ops/dlq/:id': ['GET', 'HEAD'],
  '/v1/ops/dlq/:id/replay': ['POST'],
  '/v1/ops/dlq/:id/discard': ['POST'],
  '/v1/ops/audit': ['GET', 'HEAD'],
  '/v1/ops/audit/batches': ['GET', 'HEAD'],
  '/v1/ops/audit/receipts/:id': ['GET', 'HEAD'],
} as const satisfies Readonly<Record<string, readonly string[]>>
