import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What payments and entries can be once a bank has a part in them. Apart from the tables that use it, as the later states. */
export class BankStates1764460800000 implements MigrationInterface {
  name = 'BankStates1764460800000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TYPE payment_status ADD VALUE 'processing' BEFORE 'requires_capture';
      ALTER TYPE entry_kind ADD VALUE 'deposit';
      ALTER TYPE entry_kind ADD VALUE 'withdrawal';
      ALTER TYPE entry_kind ADD VALUE 'card';
      ALTER TYPE entry_kind ADD VALUE 'fee';
      ALTER TYPE operation_kind ADD VALUE 'settle';
      ALTER TYPE operation_kind ADD VALUE 'decline';
    `)
  }

  /** PostgreSQL takes no value from an enumeration. Unused ones do no harm; they go with the types. */
  async down(): Promise<void> {
    return Promise.resolve()
  }
}
