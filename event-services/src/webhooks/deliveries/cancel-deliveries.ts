import type { ClientBase } from 'pg'

const CANCEL = {
  name: 'cancel-deliveries',
  text: `UPDATE webhook_deliveries SET state = 'canceled', finished_at = clock_timestamp()
         WHERE endpoint_id = ANY ($1::uuid[]) AND state = 'pending'`,
}

/** Cancels what waits to be sent to these endpoints, in the caller's transaction. @throws DatabaseError */
export async function cancelDeliveries(client: ClientBase, endpoints: readonly string[]): Promise<void> {
  await client.query({ ...CANCEL, values: [endpoints] })
}
