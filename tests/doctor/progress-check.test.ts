/** The doctor looks whether accepted payments get posted. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Admin } from 'kafkajs'
import { COMMANDS_TOPIC, WORKER_GROUP } from '@paycluster/contracts'
import { progressCheck } from '@paycluster/cluster/doctor/checks/progress'
import type { Finding } from '@paycluster/cluster/doctor/check'
import { kafkaClient } from '@paycluster/cluster/kafka/broker-probe'
import { settingsFrom } from '@paycluster/cluster/settings/load-settings'
import { startTestKafka, type TestKafka } from '@paycluster/testkit/test-kafka'
import { testLayout } from '@paycluster/testkit/test-folder'
import { waitFor } from '@paycluster/testkit/wait-for'

const START_MS = 120_000
const LOOK_MS = 30_000

let kafka: TestKafka
let admin: Admin
beforeAll(async () => {
  kafka = await startTestKafka()
  admin = kafkaClient(String(kafka.brokers[0])).admin()
  await admin.connect()
  await waitFor('leaders of the partitions and a coordinator of the group', look)
}, START_MS)
afterAll(async () => {
  await admin.disconnect()
  await kafka.stop()
})

async function look(): Promise<Finding[]> {
  const settings = settingsFrom({ ports: { kafka: Number(String(kafka.brokers[0]).split(':')[1]) } })
  return progressCheck.run({ settings, layout: testLayout('none'), nodes: [], secrets: undefined })
}

async function queue(partition: number, count: number): Promise<void> {
  const producer = kafkaClient(String(kafka.brokers[0])).producer()
  await producer.connect()
  const messages = Array.from({ length: count }, () => ({ partition, value: 'command' }))
  await producer.send({ topic: COMMANDS_TOPIC, messages })
  await producer.disconnect()
}

const take = (partition: number, next: number): Promise<unknown> =>
  admin.setOffsets({
    groupId: WORKER_GROUP,
    topic: COMMANDS_TOPIC,
    partitions: [{ partition, offset: String(next) }],
  })

/** The group moves on in these partitions, between the second command and the first, for as long as the doctor looks. */
async function lookWhile(partitions: readonly number[]): Promise<Finding[]> {
  const looking = look()
  const doctor = { isDone: false }
  void looking.finally(() => (doctor.isDone = true))
  for (let next = 0; !doctor.isDone; next = 1 - next) {
    for (const partition of partitions) await take(partition, next)
  }
  return looking
}

it('finds nothing wrong with an empty queue', async () => {
  expect(await look()).toMatchObject([{ level: 'ok', detail: 'nothing is queued' }])
})

it(
  'names the partition that stands still while others move on',
  async () => {
    await queue(3, 5)
    await queue(7, 2)
    await take(7, 1)
    expect(await lookWhile([3])).toMatchObject([
      { level: 'fault', detail: expect.stringMatching(/^1 queued in payment\.commands and none taken .*partition 7$/) },
    ])
  },
  LOOK_MS,
)

it(
  'is content as soon as every partition has moved',
  async () => {
    expect(await lookWhile([3, 7])).toMatchObject([
      { level: 'ok', detail: expect.stringMatching(/^\d+ queued, every partition moves on$/) },
    ])
  },
  LOOK_MS,
)
