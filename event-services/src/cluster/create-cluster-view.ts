import type { Listener, ListenerOptions } from '../listener.ts'
import { ClusterController } from './cluster.controller.ts'
import { ClusterObserver } from './cluster-observer.ts'

/** What shows the state of the whole cluster. */
export function createClusterView({ observer }: Pick<ListenerOptions, 'observer'>): Listener {
  return {
    controllers: [ClusterController],
    providers: [{ provide: ClusterObserver, useValue: observer }],
    start: () => undefined,
    close: () => Promise.resolve(),
  }
}
