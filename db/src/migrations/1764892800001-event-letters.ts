import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Dead letters of those who listen to events: messages of `payment.events` that are no events. */
export class EventLetters1764892800001 implements MigrationInterface {
  name = 'EventLetters1764892800001'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TYPE dead_letter_kind ADD VALUE 'event';
      -- A value that is new cannot be named in its own transaction.
      ALTER TABLE dead_letters
        DROP CONSTRAINT origin,
        ADD CONSTRAINT origin CHECK (
          (kind = 'bank_task') = (partition IS NULL) AND (kind = 'bank_task') = (log_offset IS NULL)
          AND (kind = 'bank_task') = (payment_id IS NOT NULL)
        );
    `)
    await runner.query('GRANT INSERT ON dead_letters TO payments_events')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE INSERT ON dead_letters FROM payments_events;
      ALTER TABLE dead_letters
        DROP CONSTRAINT origin,
        ADD CONSTRAINT origin CHECK (
          (kind = 'command') = (partition IS NOT NULL) AND (kind = 'command') = (log_offset IS NOT NULL)
          AND (kind = 'bank_task') = (payment_id IS NOT NULL)
        );
    `)
  }
}
