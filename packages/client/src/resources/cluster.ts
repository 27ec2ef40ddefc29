import type { ClusterState } from '@paycluster/contracts'
import type { Session } from '../http/session.ts'
import type { CallOptions } from '../http/transport.ts'

/** `/v1/ops/cluster`, for keys with the scope `ops`. */
export class Cluster {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /** Processes, database nodes, consumer groups, breakers, queues, as they are now. @throws PaymentClientError */
  state(options: CallOptions = {}): Promise<ClusterState> {
    return this.#session.read('/v1/ops/cluster', undefined, options)
  }
}
