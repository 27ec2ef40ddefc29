-- What a bank's services cost clients.
--
-- $1 clients int[] · $2 basis points of deposits, $3 withdrawals, $4 card payments int[] · $5 revisions int[]
INSERT INTO client_terms (client_id, deposit_bps, withdrawal_bps, card_bps, revision)
SELECT * FROM unnest($1::int[], $2::int[], $3::int[], $4::int[], $5::int[])
ON CONFLICT (client_id) DO UPDATE
SET deposit_bps = EXCLUDED.deposit_bps, withdrawal_bps = EXCLUDED.withdrawal_bps, card_bps = EXCLUDED.card_bps,
  revision = EXCLUDED.revision
