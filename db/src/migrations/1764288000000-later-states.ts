import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * What payments and entries can be once they may be held, captured and refunded. Apart from the tables that use it: a value
 * of an enumeration can be used only after the transaction that added it.
 */
export class LaterStates1764288000000 implements MigrationInterface {
  name = 'LaterStates1764288000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TYPE payment_status ADD VALUE 'requires_capture' BEFORE 'succeeded';
      ALTER TYPE payment_status ADD VALUE 'canceled';
      ALTER TYPE payment_status ADD VALUE 'expired';
      ALTER TYPE entry_kind ADD VALUE 'hold';
      ALTER TYPE entry_kind ADD VALUE 'capture';
      ALTER TYPE entry_kind ADD VALUE 'release';
      ALTER TYPE entry_kind ADD VALUE 'refund';
    `)
  }

  /** PostgreSQL takes no value from an enumeration. Unused ones do no harm; they go with the types. */
  async down(): Promise<void> {
    return Promise.resolve()
  }
}
