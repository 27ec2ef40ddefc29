import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * What a client may spend over all of its accounts, by currency, and what a bank's services cost it. What was spent today
 * is kept beside its limit, of those with a limit of a day alone. A client of whom nothing was said has no rows.
 */
export class ClientTerms1764720000000 implements MigrationInterface {
  name = 'ClientTerms1764720000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE client_terms (
        client_id integer PRIMARY KEY REFERENCES clients (id),
        -- Basis points of commission; null: as the settings have it.
        deposit_bps integer CHECK (deposit_bps BETWEEN 0 AND 10000),
        withdrawal_bps integer CHECK (withdrawal_bps BETWEEN 0 AND 10000),
        card_bps integer CHECK (card_bps BETWEEN 0 AND 10000),
        -- Counts the changes.
        revision integer NOT NULL CHECK (revision > 0)
      );
      CREATE TABLE client_limits (
        client_id integer REFERENCES clients (id),
        currency char(3),
        payment_limit minor_units CHECK (payment_limit >= 0),
        daily_limit minor_units CHECK (daily_limit >= 0),
        -- The last day of UTC on which something was spent under a limit, and how much of it.
        spent_on date,
        spent minor_units CHECK (spent > 0),
        PRIMARY KEY (client_id, currency),
        CONSTRAINT client_spent_on_a_day CHECK ((spent IS NULL) = (spent_on IS NULL))
      ) WITH (fillfactor = 50);
      ALTER TYPE access_change_kind ADD VALUE 'set_terms';
      -- Of a change of terms: what they are after it.
      ALTER TABLE access_changes
        ADD terms jsonb,
        DROP CONSTRAINT key_of_key_changes,
        ADD CONSTRAINT key_of_key_changes CHECK (
          (key_id IS NULL) = (kind = 'create_client' OR terms IS NOT NULL) AND (key_id IS NULL) = (key_version IS NULL)
        );
    `)
    await runner.query(`
      GRANT SELECT ON client_terms, client_limits TO payments_reader, payments_worker, payments_monitor;
      GRANT INSERT, UPDATE ON client_terms, client_limits TO payments_worker;
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE access_changes
        DROP CONSTRAINT key_of_key_changes,
        DROP terms,
        ADD CONSTRAINT key_of_key_changes CHECK (
          (key_id IS NULL) = (kind = 'create_client') AND (key_version IS NULL) = (kind = 'create_client')
        );
      DROP TABLE client_limits, client_terms;
    `)
  }
}
