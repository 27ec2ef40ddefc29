import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What a bank may answer about a refund. Apart from what uses it, as the later states. */
export class BankRefundStates1765238400000 implements MigrationInterface {
  name = 'BankRefundStates1765238400000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TYPE operation_kind ADD VALUE 'settle_refund';
      ALTER TYPE operation_kind ADD VALUE 'decline_refund';
    `)
  }

  /** PostgreSQL takes no value from an enumeration. Unused ones do no harm; they go with the types. */
  async down(): Promise<void> {
    return Promise.resolve()
  }
}
