import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * What an account may spend. Its overdraft is `min_available`, which was there. What was spent today is kept beside the
 * balance, of accounts with a limit of a day alone; the columns are null for all others and cost them nothing.
 */
export class AccountLimits1764547200000 implements MigrationInterface {
  name = 'AccountLimits1764547200000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TYPE account_change_kind ADD VALUE 'limit';
      ALTER TABLE account_balances
        ADD payment_limit minor_units CHECK (payment_limit >= 0),
        ADD daily_limit minor_units CHECK (daily_limit >= 0),
        -- The last day of UTC on which something was spent under a limit, and how much of it.
        ADD spent_on date,
        ADD spent minor_units CHECK (spent > 0),
        ADD CONSTRAINT spent_on_a_day CHECK ((spent IS NULL) = (spent_on IS NULL));
      -- Of a change of limits: {overdraft, per_payment, per_day}; and the key that asked for it.
      ALTER TABLE account_changes ADD limits jsonb, ADD asked_by_key_id text;
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE account_changes DROP limits, DROP asked_by_key_id;
      ALTER TABLE account_balances
        DROP CONSTRAINT spent_on_a_day,
        DROP payment_limit,
        DROP daily_limit,
        DROP spent_on,
        DROP spent;
    `)
  }
}
