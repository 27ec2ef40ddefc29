/** Accepting alone: payment-service at its own socket, against kafkajs with the same messages. Nobody posts meanwhile. */
import { serviceSocket } from '@paycluster/cluster/nodes/service-sockets'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { backlogMessages } from '../backlog/backlog-commands.ts'
import { identityHeader } from '../common/bench-identity.ts'
import { drive } from '../common/drive.ts'
import { LeanClient } from '../common/http-client.ts'
import { measureWays, type Way, type WayReport } from '../common/ways.ts'
import type { AcceptStage } from './accept-stage.ts'
import { openScratchTopic, type ScratchTopic } from './scratch-topic.ts'

const ONE_A_SEND = 'kafkajs, one message a send'
const IN_BATCHES = 'kafkajs, batches of 100'
const SERVICE = 'payment-service at its socket'
const CLIENTS = 64
const MESSAGES_PER_SEND = 100
/** As the coalescing producer has them. */
const BATCHES_UNDER_WAY = 1
const INSTANCE = 'payment-service-1'

export async function measureAccepting(stage: AcceptStage): Promise<WayReport[]> {
  const { target, owner, processes, rounds, stop, say } = stage
  const { layout, secrets } = target.cluster
  const topic = await openScratchTopic(target.cluster)
  const service = new LeanClient('http://payments', {
    connections: CLIENTS,
    socketPath: serviceSocket(layout, INSTANCE),
  })
  const headers = identityHeader(secrets.clusterSecret, owner, ['payments:write'])
  try {
    const ways = (payments: number): Way[] => [
      ...logWays({ ...stage, payments }, topic),
      {
        name: SERVICE,
        ceiling: IN_BATCHES,
        drive: () => drive(CLIENTS, payments, () => stage.payer.pay(service, headers), stop),
      },
    ]
    say('warming up')
    const warmUp = ways(Math.ceil(stage.payments / 2))
    await measureWays({ ways: warmUp, rounds: 1, processes, stop, say: () => undefined })
    return await measureWays({ ways: ways(stage.payments), rounds, processes, stop, say })
  } finally {
    await service.close()
    await topic.close()
  }
}

/** What the log takes of the messages that payment-service writes. */
function logWays({ target, owner, payments, stop }: AcceptStage, topic: ScratchTopic): Way[] {
  const { accounts, cluster } = target
  const plan = {
    ...accounts,
    runId: 'bench-messages',
    client: owner,
    merchant: accounts.merchants[0] ?? '',
    payments: MESSAGES_PER_SEND * MESSAGES_PER_SEND,
    isRepeating: false,
    nowMs: Date.now(),
  }
  const messages = [...backlogMessages(new IdCodec(cluster.secrets.clusterSecret), plan)]
  const batches = Array.from({ length: MESSAGES_PER_SEND }, (_, index) =>
    messages.slice(index * MESSAGES_PER_SEND, (index + 1) * MESSAGES_PER_SEND),
  )
  return [
    {
      name: ONE_A_SEND,
      ceiling: IN_BATCHES,
      drive: () =>
        drive(
          CLIENTS,
          payments,
          (n) => topic.send(messages.slice(n % messages.length, (n % messages.length) + 1)),
          stop,
        ),
    },
    {
      name: IN_BATCHES,
      unitsPerRequest: MESSAGES_PER_SEND,
      drive: () =>
        drive(
          BATCHES_UNDER_WAY,
          Math.ceil(payments / MESSAGES_PER_SEND),
          (n) => topic.send(batches[n % batches.length] ?? []),
          stop,
        ),
    },
  ]
}
