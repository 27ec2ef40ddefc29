import type {
  CreateWebhookEndpointBody,
  FullWebhookDelivery,
  IssuedWebhookEndpoint,
  ListDeliveriesQuery,
  UpdateWebhookEndpointBody,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookSecret,
} from '@paycluster/contracts'
import type { Query } from '../http/query.ts'
import type { Session } from '../http/session.ts'
import type { CallOptions } from '../http/transport.ts'
import { writeHeaders, type WriteOptions } from './write-options.ts'

/** `limit` is the size of a page, not of the list. */
export type DeliveryFilter = Partial<Omit<ListDeliveriesQuery, 'cursor'>>

/**
 * `/v1/webhook-endpoints` and `/v1/webhook-deliveries`: where this client is told of what happens, and what became of
 * telling it. Every method throws PaymentClientError. What is received, `verifyWebhook` verifies.
 */
export class Webhooks {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /** Makes an endpoint; its secret is what its messages are verified by. */
  create(
    endpoint: CreateWebhookEndpointBody,
    options: Omit<WriteOptions, 'waitS'> = {},
  ): Promise<IssuedWebhookEndpoint> {
    return this.#session.write('/v1/webhook-endpoints', endpoint, writeHeaders(options), options)
  }

  /** Newest first. */
  list(filter: { readonly limit?: number } = {}, options: CallOptions = {}): AsyncGenerator<WebhookEndpoint, void> {
    return this.#session.list('/v1/webhook-endpoints', undefined, filter satisfies Query, options)
  }

  /** @throws NotFoundError */
  read(id: string, options: CallOptions = {}): Promise<WebhookEndpoint> {
    return this.#session.read(endpointPath(id), undefined, options)
  }

  /** Changes what is named, and leaves the rest. @throws NotFoundError */
  update(id: string, update: UpdateWebhookEndpointBody, options: CallOptions = {}): Promise<WebhookEndpoint> {
    return this.#session.change('PATCH', endpointPath(id), update, options)
  }

  /** @throws NotFoundError, also for one that an attempt whose answer was lost has deleted */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#session.change('DELETE', endpointPath(id), undefined, options)
  }

  /** What the endpoint's messages are signed by. @throws NotFoundError */
  secret(id: string, options: CallOptions = {}): Promise<WebhookSecret> {
    return this.#session.read(`${endpointPath(id)}/secret`, undefined, options)
  }

  /** Gives the endpoint another secret; for a day messages are signed by the old one as well. @throws NotFoundError */
  rotateSecret(id: string, options: CallOptions = {}): Promise<WebhookSecret> {
    return this.#session.change('POST', `${endpointPath(id)}/rotate-secret`, {}, options)
  }

  /** What was sent to an endpoint, newest first. */
  deliveries(
    id: string,
    filter: DeliveryFilter = {},
    options: CallOptions = {},
  ): AsyncGenerator<WebhookDelivery, void> {
    return this.#session.list(`${endpointPath(id)}/deliveries`, undefined, filter satisfies Query, options)
  }

  /** With each attempt's request and answer. @param id  the `webhook-id` of a message @throws NotFoundError */
  delivery(id: string, options: CallOptions = {}): Promise<FullWebhookDelivery> {
    return this.#session.read(deliveryPath(id), undefined, options)
  }

  /** Sends it again, with the same `webhook-id`. @throws NotFoundError */
  resend(id: string, options: CallOptions = {}): Promise<WebhookDelivery> {
    return this.#session.change('POST', `${deliveryPath(id)}/resend`, {}, options)
  }
}

const endpointPath = (id: string): string => `/v1/webhook-endpoints/${encodeURIComponent(id)}`
const deliveryPath = (id: string): string => `/v1/webhook-deliveries/${encodeURIComponent(id)}`
